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

/// Hashes `count` messages of `word_count` words under one key. Word `w` of message `m` is `words[w * stride + m]`.
///
/// A hash whose low half is 0 becomes 1, as in the kernel.
void csh_hash(unsigned lanes, uint64_t key0, uint64_t key1, const uint64_t *words, size_t stride, size_t word_count,
              size_t count, uint32_t *hashes);
