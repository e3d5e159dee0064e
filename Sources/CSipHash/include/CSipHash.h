#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// SipHash-2-4 of many messages or under many keys at once, one in each 64-bit lane of the CPU's vector registers.
//
// A message is 0 to CSH_MAX_WORDS words of eight bytes, the first byte in the lowest bits. Of the hash the low 32 bits
// are wanted. `lanes` is how many 64-bit lanes a register has: 2, 4 or 8; a CPU with fewer uses the most that it has.

/// Words in the longest message.
#define CSH_MAX_WORDS 9

/// How many lanes the registers of this CPU have: 2 on every CPU, 4 with AVX2, 8 with AVX-512.
unsigned csh_lanes(void);

/// Finds the first seed from `first` on and below `end` under which the message has the hash.
///
/// Both words of the key are `seed | seed << 32`. `hash31` is the low half of the hash without its lowest bit, and
/// `end` at most 2^32. False when there is none.
bool csh_find_seed(unsigned lanes, const uint64_t *words, size_t word_count, uint32_t hash31, uint64_t first,
                   uint64_t end, uint32_t *seed);

/// A hash whose message has begun.
struct csh_state {
  uint64_t v[4];
};

/// Begins a hash with words that many messages begin with; none is a beginning, too.
struct csh_state csh_begin(uint64_t key0, uint64_t key1, const uint64_t *words, size_t word_count);

/// Where `kinds` are words of which bits 8 to 15 tell the protocol of a packet, there is a beginning for each protocol.
#define CSH_PROTOCOLS 256

/// Hashes `count` messages that have begun with `begun_words` words, each with `word_count` words more. Of them, word
/// `w` of message `m` is `words[w * stride + m]`.
///
/// Where `kinds` is NULL, all messages begin as the first of the beginnings says.
/// A hash whose low half is 0 becomes 1, as in the kernel.
void csh_hash(unsigned lanes, const struct csh_state *begun, size_t begun_words, const uint64_t *kinds,
              const uint64_t *words, size_t stride, size_t word_count, size_t count, uint32_t *hashes);

/// Words of the multipath hash's input for IPv4: protocol, two of zeros, ports, and one for each address.
#define CSH_IPV4_WORDS 6

/// How IPv4 headers are hashed.
struct csh_ipv4 {
  /// For each protocol, with the words before the ports, or before the addresses. Only the first one counts where
  /// neither the protocol nor the ports are hashed.
  const struct csh_state *begun;
  /// For each protocol all ones for those of the two ports that are hashed, zeros for others.
  const uint32_t *port_masks;
  bool by_protocol, has_ports;
  /// All ones for what is hashed, zeros for what is not.
  uint32_t source_mask, destination_mask;
};

/// Hashes the headers of `count` packets. Numbers are in the order of the machine; of `ports` the low half is the source
/// port. Addresses and ports are put in the kernel's canonical order of a little-endian machine.
void csh_hash_ipv4(unsigned lanes, const struct csh_ipv4 *form, const uint64_t *kinds, const uint32_t *sources,
                   const uint32_t *destinations, const uint32_t *ports, size_t count, uint32_t *hashes);

/// Chooses by ranges: of each of `count` hashes the upper 31 bits take its place, and its choice is `first` and all
/// those of `steps` whose end is below them, added up modulo 2^32. Ends are below 2^31.
void csh_choose(unsigned lanes, const uint32_t *ends, const uint32_t *steps, size_t end_count, uint32_t first,
                uint32_t *hashes, size_t count, uint32_t *choices);
