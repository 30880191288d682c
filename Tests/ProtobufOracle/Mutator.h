#pragma once

#include <string>

#include "Random.h"

namespace protobuf_oracle {

// Damages `bytes` in one to three ways; `other` lends the pieces that are spliced in.
std::string mutated(std::string bytes, const std::string &other, Random *random);

}  // namespace protobuf_oracle
