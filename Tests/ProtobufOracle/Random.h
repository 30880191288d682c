#pragma once

#include <cstddef>
#include <cstdint>

namespace protobuf_oracle {

// SplitMix64: the same numbers on every machine, unlike the distributions of <random>.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t next() {
    uint64_t value = state_ += 0x9e3779b97f4a7c15;
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
    value = (value ^ value >> 27) * 0x94d049bb133111eb;
    return value ^ value >> 31;
  }

  // A number from 0 up to, but not including, `bound`.
  size_t below(size_t bound) { return static_cast<size_t>(next() % bound); }

  // True once in `count` times.
  bool oneIn(size_t count) { return below(count) == 0; }

  template <typename T, size_t count>
  const T &pick(const T (&choices)[count]) {
    return choices[below(count)];
  }

 private:
  uint64_t state_;
};

}  // namespace protobuf_oracle
