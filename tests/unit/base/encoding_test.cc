// SPDX-License-Identifier: Apache-2.0
#include "base/encoding.h"

#include <doctest/doctest.h>

#include "base/crypto.h"

namespace handrail {

TEST_CASE("bytes as text and back") {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    CAPTURE(i);
    CHECK(from_hex(to_hex(bytes)) == bytes);
    CHECK(from_base64url(to_base64url(bytes)) == bytes);
    bytes.push_back(static_cast<char>(i * 7));
  }
  CHECK(to_hex(std::string("\x00\xff\x1a", 3)) == "00ff1a");
  CHECK(from_hex("00FF1A") == std::string("\x00\xff\x1a", 3));
  CHECK(to_base64url("\xfb\xff") == "-_8");  // RFC 4648 §5
  CHECK(from_base64("+/8=") == "\xfb\xff");
  CHECK(to_base64("\xfb\xff") == "+/8=");
  CHECK(to_base64("abc") == "YWJj");
}

TEST_CASE("what is no such text is nothing") {
  for (const char* text : {"0", "0g", "zz", "0 "}) CHECK_FALSE(from_hex(text));
  for (const char* text : {"A", "AA+A", "A A", "AAAAA"}) CHECK_FALSE(from_base64url(text));
  CHECK_FALSE(from_base64url("-_9"));  // its last bits stand for nothing: another text for the same bytes
}

TEST_CASE("digests are those of the standards") {
  CHECK(to_hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-4
  CHECK(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");  // RFC 4231, case 2
}

TEST_CASE("secrets are compared whole, and random bytes are not twice the same") {
  CHECK(is_equal_secret("same", "same"));
  CHECK_FALSE(is_equal_secret("same", "sane"));
  CHECK_FALSE(is_equal_secret("same", "same "));
  CHECK(random_bytes(24).size() == 24);
  CHECK(random_bytes(24) != random_bytes(24));
}

}  // namespace handrail
