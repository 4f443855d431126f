#include "base/ip_address.h"

#include <gtest/gtest.h>

namespace flowtrail {
namespace {

Cidr cidr(std::string_view text) {
  return *Cidr::parse(text);
}
IpAddress address(std::string_view text) {
  return *IpAddress::parse(text);
}

TEST(IpAddress, PrintsWhatItRead) {
  for (const char* text : {"0.0.0.0", "10.0.1.20", "255.255.255.255", "::", "2001:db8::20", "fe80::1",
                           "2001:db8:1234:a100:8d6e:3477:df66:f105"}) {
    EXPECT_EQ(address(text).to_string(), text);
  }
}

TEST(IpAddress, RefusesTextThatIsNoAddress) {
  for (const char* text :
       {"", "-", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4 ", "::g", "fe80::1%eth0", "1.2.3.4/8"}) {
    EXPECT_FALSE(IpAddress::parse(text)) << text;
  }
  EXPECT_FALSE(IpAddress::parse(std::string(1 << 20, '1')));
}

TEST(Cidr, ClearsHostBitsAsTheApiDoes) {
  EXPECT_EQ(cidr("1.2.3.4/0").to_string(), "0.0.0.0/0");
  EXPECT_EQ(cidr("10.1.2.3/8").to_string(), "10.0.0.0/8");
  EXPECT_EQ(cidr("2001:db8::1/32").to_string(), "2001:db8::/32");
  EXPECT_EQ(cidr("10.1.2.3").to_string(), "10.1.2.3/32");
}

TEST(Cidr, RefusesPrefixesOutsideTheFamily) {
  for (const char* text : {"10.0.0.0/33", "10.0.0.0/-1", "::/129", "10.0.0.0/", "10.0.0.0/8x", "/8"}) {
    EXPECT_FALSE(Cidr::parse(text)) << text;
  }
}

TEST(Cidr, NeverMatchesTheOtherFamily) {
  EXPECT_TRUE(cidr("0.0.0.0/0").contains(address("203.0.113.9")));
  EXPECT_FALSE(cidr("0.0.0.0/0").contains(address("2001:db8::1")));
  EXPECT_TRUE(cidr("::/0").contains(address("2001:db8::1")));
  EXPECT_FALSE(cidr("::/0").contains(address("203.0.113.9")));
  EXPECT_FALSE(cidr("::/0").contains(cidr("10.0.0.0/8")));
}

TEST(Cidr, ContainsItsEdgesAndNothingBeyond) {
  const Cidr block = cidr("10.0.4.0/22");
  EXPECT_TRUE(block.contains(address("10.0.4.0")));
  EXPECT_TRUE(block.contains(block.last()));
  EXPECT_EQ(block.last().to_string(), "10.0.7.255");
  EXPECT_FALSE(block.contains(address("10.0.8.0")));
  EXPECT_TRUE(block.contains(cidr("10.0.5.0/24")));
  EXPECT_FALSE(cidr("10.0.5.0/24").contains(block));
}

TEST(PrivateAddress, FollowsTheRfcs) {
  for (const char* text : {"10.255.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.1", "100.127.255.255",
                           "169.254.169.254", "fd00::1", "fe80::1"}) {
    EXPECT_TRUE(is_private(address(text))) << text;
  }
  for (const char* text : {"11.0.0.1", "172.32.0.1", "192.169.0.1", "100.128.0.1", "203.0.113.1", "2001:db8::1"}) {
    EXPECT_FALSE(is_private(address(text))) << text;
  }
}

}  // namespace
}  // namespace flowtrail
