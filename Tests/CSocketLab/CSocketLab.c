#define _GNU_SOURCE
#include "CSocketLab.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef IPV6_FLOWINFO_SEND
#define IPV6_FLOWINFO_SEND 33
#endif

union address {
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
};

static socklen_t fill(union address *address, int family, const char *text, uint16_t port) {
  memset(address, 0, sizeof *address);
  address->any.sa_family = (sa_family_t)family;
  if (family == AF_INET) {
    address->v4.sin_port = htons(port);
    if (*text != 0) inet_pton(family, text, &address->v4.sin_addr);
    return sizeof address->v4;
  }
  address->v6.sin6_port = htons(port);
  if (*text != 0) inet_pton(family, text, &address->v6.sin6_addr);
  return sizeof address->v6;
}

static int set(int fd, int level, int option, int value) {
  return setsockopt(fd, level, option, &value, sizeof value) < 0 ? errno : 0;
}

static int prepare(int fd, const struct csl_setup *setup, const char *source, const char *device) {
  int error = 0;
  if (setup->user != UINT32_MAX && fchown(fd, setup->user, (gid_t)-1) < 0) error = errno;
  if (error == 0 && setup->mark != 0) error = set(fd, SOL_SOCKET, SO_MARK, (int)setup->mark);
  if (error == 0 && setup->leaves_port_open) error = set(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
  if (error == 0 && setup->transparent) error = set(fd, IPPROTO_IP, IP_TRANSPARENT, 1);
  if (error == 0 && *device != 0 &&
      setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, (socklen_t)strlen(device)) < 0)
    error = errno;
  if (error == 0) error = set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  if (error == 0 && (*source != 0 || setup->port != 0)) {
    union address own;
    socklen_t length = fill(&own, setup->family, source, setup->port);
    if (bind(fd, &own.any, length) < 0) error = errno;
  }
  return error;
}

int csl_open(const struct csl_setup *setup, const char *source, const char *device, int *fd) {
  *fd = socket(setup->family, setup->type | SOCK_NONBLOCK | SOCK_CLOEXEC, setup->protocol);
  if (*fd < 0) return errno;
  int error = prepare(*fd, setup, source, device);
  if (error != 0) close(*fd);
  return error;
}

static int transmit(
    int fd, const struct csl_setup *setup, union address *peer, socklen_t length, int connects, const void *bytes,
    size_t count) {
  if (connects) {
    if (connect(fd, &peer->any, length) < 0 && errno != EINPROGRESS) return errno;
    if (setup->type == SOCK_STREAM) return 0;
    return send(fd, bytes, count, 0) < 0 ? errno : 0;
  }
  return sendto(fd, bytes, count, 0, &peer->any, length) < 0 ? errno : 0;
}

int csl_send(
    int fd, const struct csl_setup *setup, const char *destination, uint16_t port, uint32_t flow_label, int connects,
    const void *bytes, size_t count) {
  union address peer;
  socklen_t length = fill(&peer, setup->family, destination, port);
  int error = 0;
  if (flow_label != 0) {
    peer.v6.sin6_flowinfo = htonl(flow_label);
    error = set(fd, IPPROTO_IPV6, IPV6_FLOWINFO_SEND, 1);
  }
  if (error == 0) error = transmit(fd, setup, &peer, length, connects, bytes, count);
  close(fd);
  return error;
}

int csl_listen(int fd) { return listen(fd, 64) < 0 ? errno : 0; }

int csl_connect(int fd, const struct csl_setup *setup, const char *destination, uint16_t port, int service) {
  union address peer;
  socklen_t length = fill(&peer, setup->family, destination, port);
  int error = 0;
  if (service != 0) error = set(fd, IPPROTO_IP, IP_TOS, service);
  if (error == 0 && service != 0 && setup->family == AF_INET6)
    error = set(fd, IPPROTO_IPV6, IPV6_TCLASS, service);
  if (error == 0 && connect(fd, &peer.any, length) < 0 && errno != EINPROGRESS) error = errno;
  return error;
}

int csl_write(int fd, size_t count) {
  char bytes[256] = {0};
  return send(fd, bytes, count < sizeof bytes ? count : sizeof bytes, MSG_NOSIGNAL) < 0 ? errno : 0;
}

int csl_accept(int fd, int *accepted) {
  *accepted = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  return *accepted < 0 ? errno : 0;
}

int csl_echo(int fd) {
  char bytes[256];
  union address peer;
  socklen_t length = sizeof peer;
  ssize_t size = recvfrom(fd, bytes, sizeof bytes, 0, &peer.any, &length);
  if (size < 0) return errno;
  return sendto(fd, bytes, (size_t)size, 0, &peer.any, length) < 0 ? errno : 0;
}

void csl_close(int fd) { close(fd); }
