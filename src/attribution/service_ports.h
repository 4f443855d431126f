// Ports from 1024 up on which well-known services listen. They tell the responder of a connection when neither TCP
// flags nor mirrored records do. Source: IANA service names and port numbers, and the defaults of common servers.
#pragma once

namespace flowtrail::attribution {

/// True for a port of the list (all in 1024-32767: ports below are services anyway, those above are ephemeral). Cost:
/// O(log n).
[[nodiscard]] bool known_service_port(int port);

/// How much a port looks like a service: 0 below 1024; 1 known service, or `seen_answering` (a SYN-ACK was seen to
/// leave it); 2 below 32768; 3 ephemeral. The lower rank is the responder's.
[[nodiscard]] int service_rank(int port, bool seen_answering);

}  // namespace flowtrail::attribution
