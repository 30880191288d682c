#pragma once

#include <google/protobuf/message.h>

#include <cstdint>
#include <string>

// The golden vectors were made with the official Python runtime, whose core is upb. Where the C++
// library of Debian 12 (3.21, dynamic messages) and upb treat the same bytes differently, the
// golden vectors win. This is the complete list, with what is done about each difference.
//
// 1. A tag of five bytes with bits above the 32nd. C++ drops those bits; upb refuses the bytes, as
//    the field number is out of range. The oracle refuses: hasOversizedTag.
// 2. Varints within unknown fields (tags and lengths among them) that take more bytes than they
//    need. C++ keeps unknown fields as values and writes them afresh; upb keeps their bytes. The
//    oracle compares such fields by value: normalized.
// 3. Map order. Deterministic encoding in C++ sorts keys as strings, `a` before `ab`; upb puts the
//    longer of two such keys first. The oracle sorts as upb does: applyUpbRules.
// 4. A map entry with fields besides key and value. C++ drops those or, in dynamic messages, keeps
//    them in the entry; upb makes an unknown field of the whole entry, in which key and value come
//    first and are left out if empty. The oracle does as upb: applyUpbRules. Since C++ forgets the
//    place of such an entry among the message's unknown fields, it is compared as if in front of
//    them: normalized.
// 5. A dynamic message of C++ writes map entries as they came, repeated keys included, until its
//    map is looked at. The oracle lets the last entry of a key win: applyUpbRules.
// 6. A tag with field number 0 inside an unknown group, or in a message that declares no field. upb
//    keeps it as an unknown field, though it refuses the same tag anywhere else; C++ always refuses
//    it, as the specification has it. No golden vector knows of this, so the oracle stays with C++.
//
// No difference, though one might expect it: both refuse invalid UTF-8 in a proto3 string, also as
// a map's key or value; both allow 100 levels of messages, map entries and groups; both cut varints
// to the width of the field and ignore all bits of a tenth byte but the lowest.

namespace protobuf_oracle {

// Gives a message that C++ decoded the content and order that upb would have given it.
void applyUpbRules(google::protobuf::Message *message);

// Whether bytes that C++ accepts hold a tag wider than 32 bits.
bool hasOversizedTag(const google::protobuf::Descriptor *message, const std::string &bytes);

// Rewrites the unknown fields at all levels as differences 2 and 4 demand, and leaves all else as
// it is. False if the bytes are not well formed.
bool normalized(const google::protobuf::Descriptor *message, const std::string &bytes,
                std::string *result);

}  // namespace protobuf_oracle
