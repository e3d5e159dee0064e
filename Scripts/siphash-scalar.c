// The search of seeds as a plain loop, which Scripts/bench-seed holds the shipped one against. Prints seeds/s.
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

static uint64_t rotate(uint64_t value, int count) { return value << count | value >> (64 - count); }

static uint32_t siphash(uint64_t key, const uint64_t *words, int count) {
  uint64_t v0 = key ^ UINT64_C(0x736f6d6570736575), v1 = key ^ UINT64_C(0x646f72616e646f6d);
  uint64_t v2 = key ^ UINT64_C(0x6c7967656e657261), v3 = key ^ UINT64_C(0x7465646279746573);
#define ROUND                                                    \
  v0 += v1, v2 += v3, v1 = rotate(v1, 13) ^ v0;                  \
  v3 = rotate(v3, 16) ^ v2, v0 = rotate(v0, 32);                 \
  v2 += v1, v0 += v3, v1 = rotate(v1, 17) ^ v2;                  \
  v3 = rotate(v3, 21) ^ v0, v2 = rotate(v2, 32)
  for (int i = 0; i <= count; i++) {
    const uint64_t word = i < count ? words[i] : (uint64_t)count << 59;
    v3 ^= word;
    ROUND;
    ROUND;
    v0 ^= word;
  }
  v2 ^= 0xff;
  ROUND;
  ROUND;
  ROUND;
  ROUND;
  return (uint32_t)(v0 ^ v1 ^ v2 ^ v3);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

int main(void) {
  // Policy 0, 10.1.2.3 to 198.51.100.7, as the kernel lays it out.
  const uint64_t words[6] = {0, 0, 0, 0, UINT64_C(0x0302010a) << 32, UINT64_C(0x076433c6)};
  const uint64_t seeds = 1 << 25;
  double best = 0;
  for (int run = 0; run < 5; run++) {
    const double start = now();
    unsigned found = 0;
    for (uint64_t seed = 0; seed < seeds; seed++)
      if (siphash(seed | seed << 32, words, 6) >> 1 == 0x2aaaaaaa) found++;
    const double rate = (double)seeds / (now() - start);
    if (rate > best) best = rate;
    // What is not used would not be computed.
    if (found > seeds) return 1;
  }
  printf("%.0f\n", best);
  return 0;
}
