#pragma once

#include <stddef.h>
#include <stdint.h>

// Sockets of this machine for the live tests. Every function returns 0 or a positive errno.

/// What is set on a socket before it sends.
struct csl_setup {
  int family, type, protocol;
  /// 0: not bound.
  uint16_t port;
  /// Whether IP_BIND_ADDRESS_NO_PORT is set.
  int leaves_port_open;
  uint32_t mark;
  /// The owner, where it is not the caller: UINT32_MAX leaves it.
  uint32_t user;
  /// Whether IP_TRANSPARENT is set.
  int transparent;
};

/// Opens a socket that does not block; `source` and `device` may be empty.
int csl_open(const struct csl_setup *setup, const char *source, const char *device, int *fd);

/// Sends once, after a connect() where `connects` is not 0; TCP only connects. Closes the socket in any case.
int csl_send(
    int fd, const struct csl_setup *setup, const char *destination, uint16_t port, uint32_t flow_label, int connects,
    const void *bytes, size_t count);

/// Makes a bound stream socket a listening one.
int csl_listen(int fd);

/// Connects without waiting for the answer; the socket stays open. `service` is the TOS or traffic class byte.
int csl_connect(int fd, const struct csl_setup *setup, const char *destination, uint16_t port, int service);

/// Sends `count` bytes, 256 at most, over a connected socket.
int csl_write(int fd, size_t count);

/// Accepts one connection that has come.
int csl_accept(int fd, int *accepted);

/// Sends one datagram that has come back to where it is from.
int csl_echo(int fd);

void csl_close(int fd);
