// The hash in vectors of LANES lanes, VECTORS of them at a time: each operation waits for the one before, and
// independent vectors fill the gaps. Included once for each width; TARGET names the CPU features, NAME() the functions.

typedef uint64_t NAME(vector) __attribute__((vector_size(LANES * 8)));
typedef uint32_t NAME(half) __attribute__((vector_size(LANES * 4)));
typedef int32_t NAME(numbers) __attribute__((vector_size(LANES * 8)));
#if LANES > 2
typedef uint64_t NAME(row) __attribute__((vector_size(32)));
#endif

enum { NAME(block) = LANES * VECTORS };

struct NAME(state) {
  NAME(vector) v0[VECTORS], v1[VECTORS], v2[VECTORS], v3[VECTORS];
};

#define EACH_VECTOR _Pragma("clang loop unroll(full)") for (int i = 0; i < VECTORS; i++)

TARGET INLINE void NAME(rounds)(struct NAME(state) * s, int count) {
  for (int round = 0; round < count; round++) {
    EACH_VECTOR {
      s->v0[i] += s->v1[i];
      s->v2[i] += s->v3[i];
      s->v1[i] = ROTATE(s->v1[i], 13) ^ s->v0[i];
      s->v3[i] = ROTATE(s->v3[i], 16) ^ s->v2[i];
      s->v0[i] = ROTATE(s->v0[i], 32);
      s->v2[i] += s->v1[i];
      s->v0[i] += s->v3[i];
      s->v1[i] = ROTATE(s->v1[i], 17) ^ s->v2[i];
      s->v3[i] = ROTATE(s->v3[i], 21) ^ s->v0[i];
      s->v2[i] = ROTATE(s->v2[i], 32);
    }
  }
}

TARGET INLINE void NAME(start)(struct NAME(state) * s, const NAME(vector) * key0, const NAME(vector) * key1) {
  EACH_VECTOR {
    s->v0[i] = key0[i] ^ INITIAL_0;
    s->v1[i] = key1[i] ^ INITIAL_1;
    s->v2[i] = key0[i] ^ INITIAL_2;
    s->v3[i] = key1[i] ^ INITIAL_3;
  }
}

/// Finalises. Only the low half of each lane of `hashes` is right: what else the last round does is left out.
TARGET INLINE void NAME(finish)(struct NAME(state) * s, NAME(vector) * hashes) {
  EACH_VECTOR { s->v2[i] ^= 0xff; }
  NAME(rounds)(s, 3);
  EACH_VECTOR {
    NAME(vector) v1 = s->v1[i], v2 = s->v2[i] + s->v3[i];
    v1 = ROTATE(v1, 13) ^ (s->v0[i] + v1);
    NAME(vector) v3 = ROTATE(s->v3[i], 16) ^ v2;
    v2 += v1;
    // The new v0 is part of the new v3, too, and falls out.
    hashes[i] = ROTATE(v1, 17) ^ ROTATE(v3, 21) ^ v2 ^ v2 >> 32;
  }
}

TARGET static bool NAME(find_seed)(const struct message *message, uint32_t hash31, uint64_t first, uint64_t end,
                                   uint32_t *seed) {
  NAME(vector) key[VECTORS];
  EACH_VECTOR {
    for (int lane = 0; lane < LANES; lane++) key[i][lane] = KEY_WORD(first + (uint64_t)(i * LANES + lane));
  }
  const uint64_t wanted = (uint64_t)hash31 << 1;
  for (; first < end; first += NAME(block)) {
    struct NAME(state) s;
    NAME(start)(&s, key, key);
    // Zeros come first in most messages, and nothing has to be mixed in for them.
    NAME(rounds)(&s, 2 * message->leading_zeros);
    for (int word = message->leading_zeros; word < message->count; word++) {
      EACH_VECTOR { s.v3[i] ^= message->words[word]; }
      NAME(rounds)(&s, 2);
      EACH_VECTOR { s.v0[i] ^= message->words[word]; }
    }
    NAME(vector) hashes[VECTORS];
    NAME(finish)(&s, hashes);

    NAME(vector) found = {0};
    EACH_VECTOR {
      hashes[i] = (hashes[i] ^ wanted) & 0xfffffffe;
      found |= hashes[i] == 0;
      key[i] += KEY_WORD((uint64_t)NAME(block));
    }
    if (__builtin_expect(__builtin_reduce_or(found) == 0, 1)) continue;
    for (int i = 0; i < NAME(block) && first + (uint64_t)i < end; i++) {
      if (hashes[i / LANES][i % LANES] != 0) continue;
      *seed = (uint32_t)(first + (uint64_t)i);
      return true;
    }
  }
  return false;
}

/// The state of `begun` in every lane.
TARGET INLINE void NAME(resume)(struct NAME(state) * s, const struct csh_state *begun) {
  EACH_VECTOR {
    s->v0[i] = (NAME(vector)){} + begun->v[0];
    s->v1[i] = (NAME(vector)){} + begun->v[1];
    s->v2[i] = (NAME(vector)){} + begun->v[2];
    s->v3[i] = (NAME(vector)){} + begun->v[3];
  }
}

/// In each lane the state of the beginning of a packet's protocol.
TARGET INLINE void NAME(resume_each)(struct NAME(state) * s, const struct csh_state *begun, const uint64_t *kinds) {
  // Whole states are loaded, and turned over in the registers.
  EACH_VECTOR {
#if LANES == 2
    NAME(vector) rows[2][2];
    for (int lane = 0; lane < 2; lane++) memcpy(rows[lane], begun[protocol(kinds + i * LANES + lane)].v, sizeof rows[0]);
    s->v0[i] = __builtin_shufflevector(rows[0][0], rows[1][0], 0, 2);
    s->v1[i] = __builtin_shufflevector(rows[0][0], rows[1][0], 1, 3);
    s->v2[i] = __builtin_shufflevector(rows[0][1], rows[1][1], 0, 2);
    s->v3[i] = __builtin_shufflevector(rows[0][1], rows[1][1], 1, 3);
#else
    NAME(row) rows[LANES];
    for (int lane = 0; lane < LANES; lane++)
      memcpy(&rows[lane], begun[protocol(kinds + i * LANES + lane)].v, sizeof rows[lane]);
#if LANES == 4
#define LOWER(a, b) __builtin_shufflevector(a, b, 0, 4, 2, 6)
#define UPPER(a, b) __builtin_shufflevector(a, b, 1, 5, 3, 7)
#define EVEN(a, b) __builtin_shufflevector(a, b, 0, 1, 4, 5)
#define ODD(a, b) __builtin_shufflevector(a, b, 2, 3, 6, 7)
    const NAME(vector) a = rows[0], b = rows[1], c = rows[2], d = rows[3];
#else
#define LOWER(a, b) __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14)
#define UPPER(a, b) __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15)
#define EVEN(a, b) __builtin_shufflevector(a, b, 0, 1, 4, 5, 8, 9, 12, 13)
#define ODD(a, b) __builtin_shufflevector(a, b, 2, 3, 6, 7, 10, 11, 14, 15)
#define PAIR(first, second) __builtin_shufflevector(rows[first], rows[second], 0, 1, 2, 3, 4, 5, 6, 7)
    const NAME(vector) a = PAIR(0, 2), b = PAIR(1, 3), c = PAIR(4, 6), d = PAIR(5, 7);
#endif
    s->v0[i] = EVEN(LOWER(a, b), LOWER(c, d));
    s->v1[i] = EVEN(UPPER(a, b), UPPER(c, d));
    s->v2[i] = ODD(LOWER(a, b), LOWER(c, d));
    s->v3[i] = ODD(UPPER(a, b), UPPER(c, d));
#undef LOWER
#undef UPPER
#undef EVEN
#undef ODD
#undef PAIR
#endif
  }
}

TARGET INLINE void NAME(mix)(struct NAME(state) * s, const NAME(vector) * word) {
  EACH_VECTOR { s->v3[i] ^= word[i]; }
  NAME(rounds)(s, 2);
  EACH_VECTOR { s->v0[i] ^= word[i]; }
}

/// Hashes the length and finalises; a hash of 0 becomes 1.
TARGET INLINE void NAME(end)(struct NAME(state) * s, uint64_t length, uint32_t *hashes) {
  NAME(vector) word[VECTORS];
  EACH_VECTOR { word[i] = (NAME(vector)){} + length; }
  NAME(mix)(s, word);
  NAME(finish)(s, word);
  EACH_VECTOR {
    NAME(half) low = __builtin_convertvector(word[i], NAME(half));
    low -= (NAME(half))(low == 0);
    memcpy(hashes + i * LANES, &low, sizeof low);
  }
}

/// Hashes one block of messages, `words` and `kinds` being those of the first one.
TARGET INLINE void NAME(hash_block)(const struct inputs *inputs, uint32_t *hashes) {
  struct NAME(state) s;
  if (inputs->kinds) {
    NAME(resume_each)(&s, inputs->begun, inputs->kinds);
  } else {
    NAME(resume)(&s, inputs->begun);
  }
  NAME(vector) word[VECTORS];
  for (size_t w = 0; w < inputs->word_count; w++) {
    memcpy(word, inputs->words + w * inputs->stride, sizeof word);
    NAME(mix)(&s, word);
  }
  NAME(end)(&s, inputs->length, hashes);
}

TARGET static void NAME(hash)(const struct inputs *all, size_t count, uint32_t *hashes) {
  struct inputs block = *all;
  size_t done = 0;
  for (; count - done >= NAME(block); done += NAME(block)) {
    NAME(hash_block)(&block, hashes + done);
    block.words += NAME(block);
    if (block.kinds) block.kinds += NAME(block);
  }
  if (done == count) return;
  // The rest, in a block that is filled up with zeros.
  uint64_t rest[CSH_MAX_WORDS * NAME(block)] = {0}, kinds[NAME(block)] = {0};
  uint32_t results[NAME(block)];
  const size_t size = (count - done) * sizeof *block.words;
  for (size_t w = 0; w < all->word_count; w++) memcpy(rest + w * NAME(block), block.words + w * block.stride, size);
  if (block.kinds) block.kinds = memcpy(kinds, block.kinds, size);
  block.words = rest;
  block.stride = NAME(block);
  NAME(hash_block)(&block, results);
  memcpy(hashes + done, results, (count - done) * sizeof *hashes);
}

/// Hashes one block of IPv4 headers.
TARGET INLINE void NAME(ipv4_block)(const struct csh_ipv4 *form, struct headers headers, uint32_t *hashes) {
  struct NAME(state) s;
  if (form->by_protocol) {
    NAME(resume_each)(&s, form->begun, headers.kinds);
  } else {
    NAME(resume)(&s, form->begun);
  }
  NAME(vector) low[VECTORS], high[VECTORS];
  if (form->has_ports) {
    EACH_VECTOR {
      NAME(half) pair;
      memcpy(&pair, headers.ports + i * LANES, sizeof pair);
      NAME(half) mask;
      for (int lane = 0; lane < LANES; lane++) mask[lane] = form->port_masks[protocol(headers.kinds + i * LANES + lane)];
      pair &= mask;
      // Both in network order, the smaller one first.
      pair = (pair & 0x00ff00ff) << 8 | (pair >> 8 & 0x00ff00ff);
      const NAME(half) first = pair & 0xffff, second = pair >> 16;
      pair = __builtin_elementwise_min(first, second) | __builtin_elementwise_max(first, second) << 16;
      low[i] = __builtin_convertvector(pair, NAME(vector)) << 32;
    }
    NAME(mix)(&s, low);
  }
  EACH_VECTOR {
    NAME(half) source, destination;
    memcpy(&source, headers.sources + i * LANES, sizeof source);
    memcpy(&destination, headers.destinations + i * LANES, sizeof destination);
    source &= form->source_mask;
    destination &= form->destination_mask;
    source = source << 24 | (source & 0xff00) << 8 | (source >> 8 & 0xff00) | source >> 24;
    destination =
        destination << 24 | (destination & 0xff00) << 8 | (destination >> 8 & 0xff00) | destination >> 24;
    low[i] = __builtin_convertvector(__builtin_elementwise_min(source, destination), NAME(vector)) << 32;
    high[i] = __builtin_convertvector(__builtin_elementwise_max(source, destination), NAME(vector));
  }
  NAME(mix)(&s, low);
  NAME(mix)(&s, high);
  NAME(end)(&s, LENGTH_WORD(CSH_IPV4_WORDS), hashes);
}

TARGET static void NAME(hash_ipv4)(const struct csh_ipv4 *form, struct headers headers, size_t count,
                                   uint32_t *hashes) {
  size_t done = 0;
  for (; count - done >= NAME(block); done += NAME(block)) {
    NAME(ipv4_block)(form, headers, hashes + done);
    headers.kinds += NAME(block), headers.sources += NAME(block);
    headers.destinations += NAME(block), headers.ports += NAME(block);
  }
  if (done == count) return;
  uint64_t kinds[NAME(block)] = {0};
  uint32_t rest[3][NAME(block)] = {0}, results[NAME(block)];
  const size_t size = (count - done) * sizeof *hashes;
  memcpy(kinds, headers.kinds, (count - done) * sizeof *kinds);
  memcpy(rest[0], headers.sources, size);
  memcpy(rest[1], headers.destinations, size);
  memcpy(rest[2], headers.ports, size);
  NAME(ipv4_block)(form, (struct headers){kinds, rest[0], rest[1], rest[2]}, results);
  memcpy(hashes + done, results, size);
}

TARGET static void NAME(choose)(const struct ranges *ranges, uint32_t *hashes, size_t count, uint32_t *choices) {
  const size_t block = sizeof(NAME(numbers)) / sizeof *hashes;
  size_t done = 0;
  for (; count - done >= block; done += block) {
    NAME(numbers) hash, choice = (NAME(numbers)){} + (int32_t)ranges->first;
    memcpy(&hash, hashes + done, sizeof hash);
    hash = hash >> 1 & INT32_MAX;
    for (size_t range = 0; range < ranges->count; range++)
      choice += (hash > (int32_t)ranges->ends[range]) & (int32_t)ranges->steps[range];
    memcpy(hashes + done, &hash, sizeof hash);
    memcpy(choices + done, &choice, sizeof choice);
  }
  for (; done < count; done++) {
    hashes[done] >>= 1;
    choices[done] = ranges->first;
    for (size_t range = 0; range < ranges->count; range++)
      if (hashes[done] > ranges->ends[range]) choices[done] += ranges->steps[range];
  }
}

#undef EACH_VECTOR
#undef NAME
#undef TARGET
#undef VECTORS
#undef LANES
