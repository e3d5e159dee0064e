#include "CSipHash.h"

#include <string.h>

// "somepseudorandomlygeneratedbytes", as the authors of SipHash chose it.
#define INITIAL_0 UINT64_C(0x736f6d6570736575)
#define INITIAL_1 UINT64_C(0x646f72616e646f6d)
#define INITIAL_2 UINT64_C(0x6c7967656e657261)
#define INITIAL_3 UINT64_C(0x7465646279746573)

#define KEY_WORD(seed) ((seed) | (seed) << 32)
/// The last word of a message, which carries its length in bytes.
#define LENGTH_WORD(word_count) ((uint64_t)(word_count) << 59)

#define ROTATE(value, count) ((value) << (count) | (value) >> (64 - (count)))
#define INLINE static inline __attribute__((always_inline))

/// A message with its length word.
struct message {
  uint64_t words[CSH_MAX_WORDS + 1];
  int count;
  int leading_zeros;
};

static struct message make_message(const uint64_t *words, size_t word_count) {
  struct message message = {.count = (int)word_count + 1};
  if (word_count > 0) memcpy(message.words, words, word_count * sizeof *words);
  message.words[word_count] = LENGTH_WORD(word_count);
  while (message.leading_zeros < (int)word_count && message.words[message.leading_zeros] == 0) message.leading_zeros++;
  return message;
}

/// Messages that have begun (`csh_hash`).
struct inputs {
  const struct csh_state *begun;
  const uint64_t *kinds, *words;
  size_t stride, word_count;
  uint64_t length;
};

/// Headers of packets, by column.
struct headers {
  const uint64_t *kinds;
  const uint32_t *sources, *destinations, *ports;
};

/// How hashes are divided (`csh_choose`).
struct ranges {
  const uint32_t *ends, *steps;
  size_t count;
  uint32_t first;
};

/// The protocol of a packet: bits 8 to 15 of its kind, read alone, as a vector of kinds would be taken apart again.
static inline unsigned protocol(const uint64_t *kind) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  return ((const unsigned char *)kind)[1];
#else
  return *kind >> 8 & 0xff;
#endif
}

// Of the 16 or 32 registers, each vector takes four for its state.
#if defined(__aarch64__)
#define VECTORS 4
#else
#define VECTORS 2
#endif
#define LANES 2
#define TARGET
#define NAME(name) narrow_##name
#include "Lanes.h"

#if defined(__x86_64__)
#define LANES 4
#define VECTORS 3
#define TARGET __attribute__((target("avx2")))
#define NAME(name) avx2_##name
#include "Lanes.h"

#define LANES 8
#define VECTORS 4
#define TARGET __attribute__((target("avx512f")))
#define NAME(name) avx512_##name
#include "Lanes.h"
#endif

unsigned csh_lanes(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return 8;
  if (__builtin_cpu_supports("avx2")) return 4;
#endif
  return 2;
}

/// As many of `lanes` as this CPU has.
static unsigned usable(unsigned lanes) {
  const unsigned most = csh_lanes();
  return lanes < most ? lanes : most;
}

bool csh_find_seed(unsigned lanes, const uint64_t *words, size_t word_count, uint32_t hash31, uint64_t first,
                   uint64_t end, uint32_t *seed) {
  if (word_count > CSH_MAX_WORDS) return false;
  const struct message message = make_message(words, word_count);
  switch (usable(lanes)) {
#if defined(__x86_64__)
    case 8: return avx512_find_seed(&message, hash31, first, end, seed);
    case 4: return avx2_find_seed(&message, hash31, first, end, seed);
#endif
    default: return narrow_find_seed(&message, hash31, first, end, seed);
  }
}

struct csh_state csh_begin(uint64_t key0, uint64_t key1, const uint64_t *words, size_t word_count) {
  struct csh_state state = {
      .v = {key0 ^ INITIAL_0, key1 ^ INITIAL_1, key0 ^ INITIAL_2, key1 ^ INITIAL_3}};
  uint64_t *v = state.v;
  for (size_t w = 0; w < word_count; w++) {
    v[3] ^= words[w];
    for (int round = 0; round < 2; round++) {
      v[0] += v[1], v[2] += v[3];
      v[1] = ROTATE(v[1], 13) ^ v[0], v[3] = ROTATE(v[3], 16) ^ v[2];
      v[0] = ROTATE(v[0], 32);
      v[2] += v[1], v[0] += v[3];
      v[1] = ROTATE(v[1], 17) ^ v[2], v[3] = ROTATE(v[3], 21) ^ v[0];
      v[2] = ROTATE(v[2], 32);
    }
    v[0] ^= words[w];
  }
  return state;
}

void csh_hash(unsigned lanes, const struct csh_state *begun, size_t begun_words, const uint64_t *kinds,
              const uint64_t *words, size_t stride, size_t word_count, size_t count, uint32_t *hashes) {
  if (word_count > CSH_MAX_WORDS) return;
  const struct inputs inputs = {begun, kinds, words, stride, word_count, LENGTH_WORD(begun_words + word_count)};
  switch (usable(lanes)) {
#if defined(__x86_64__)
    case 8: avx512_hash(&inputs, count, hashes); break;
    case 4: avx2_hash(&inputs, count, hashes); break;
#endif
    default: narrow_hash(&inputs, count, hashes); break;
  }
}

void csh_hash_ipv4(unsigned lanes, const struct csh_ipv4 *form, const uint64_t *kinds, const uint32_t *sources,
                   const uint32_t *destinations, const uint32_t *ports, size_t count, uint32_t *hashes) {
  const struct headers headers = {kinds, sources, destinations, ports};
  switch (usable(lanes)) {
#if defined(__x86_64__)
    case 8: avx512_hash_ipv4(form, headers, count, hashes); break;
    case 4: avx2_hash_ipv4(form, headers, count, hashes); break;
#endif
    default: narrow_hash_ipv4(form, headers, count, hashes); break;
  }
}

void csh_choose(unsigned lanes, const uint32_t *ends, const uint32_t *steps, size_t end_count, uint32_t first,
                uint32_t *hashes, size_t count, uint32_t *choices) {
  const struct ranges ranges = {ends, steps, end_count, first};
  switch (usable(lanes)) {
#if defined(__x86_64__)
    case 8: avx512_choose(&ranges, hashes, count, choices); break;
    case 4: avx2_choose(&ranges, hashes, count, choices); break;
#endif
    default: narrow_choose(&ranges, hashes, count, choices); break;
  }
}
