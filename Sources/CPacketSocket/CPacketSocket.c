#define _GNU_SOURCE
#include "CPacketSocket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// Since Linux 4.20; headers of older distributions lack it.
#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif

// Enough for the longest IP packet and its link-layer header. Memory that no frame fills is never touched.
enum { batch_size = 128, slot_size = 66 * 1024 };

struct cps_socket {
  int fd;
  uint8_t *slots;
  size_t lengths[batch_size];
};

static int configure(int fd, unsigned index, int receives, int watches, int receive_buffer) {
  int on = 1;
  if (receives && !watches && setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) < 0) return errno;
  // SO_RCVBUF stops silently at net.core.rmem_max; the privileged form does not.
  if (receives && setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &receive_buffer, sizeof receive_buffer) < 0)
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_ifindex = (int)index};
  // A socket without a protocol receives nothing.
  if (receives) address.sll_protocol = htons(ETH_P_ALL);
  return bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ? errno : 0;
}

int cps_open(struct cps_socket **result, const char *interface, int receives, int watches, int receive_buffer) {
  unsigned index = if_nametoindex(interface);
  if (index == 0) return errno;
  struct cps_socket *opened = calloc(1, sizeof *opened);
  if (opened == NULL) return ENOMEM;
  opened->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  int error = opened->fd < 0 ? errno : configure(opened->fd, index, receives, watches, receive_buffer);
  if (error == 0 && receives) {
    opened->slots = malloc((size_t)batch_size * slot_size);
    if (opened->slots == NULL) error = ENOMEM;
  }
  if (error != 0) {
    cps_close(opened);
    return error;
  }
  *result = opened;
  return 0;
}

void cps_close(struct cps_socket *socket) {
  if (socket == NULL) return;
  if (socket->fd >= 0) close(socket->fd);
  free(socket->slots);
  free(socket);
}

int cps_send(struct cps_socket *socket, const uint8_t *bytes, const size_t *lengths, size_t count, size_t *sent) {
  struct mmsghdr messages[batch_size];
  struct iovec vectors[batch_size];
  *sent = 0;
  while (*sent < count) {
    size_t batch = count - *sent < batch_size ? count - *sent : batch_size;
    memset(messages, 0, batch * sizeof *messages);
    const uint8_t *frame = bytes;
    for (size_t i = 0; i < batch; i++) {
      // The call takes the bytes without const, and does not write to them.
      vectors[i] = (struct iovec){.iov_base = (void *)frame, .iov_len = lengths[*sent + i]};
      messages[i].msg_hdr.msg_iov = &vectors[i];
      messages[i].msg_hdr.msg_iovlen = 1;
      frame += lengths[*sent + i];
    }
    int done = sendmmsg(socket->fd, messages, (unsigned)batch, 0);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return done < 0 ? errno : EAGAIN;
    for (int i = 0; i < done; i++) bytes += lengths[(*sent)++];
  }
  return 0;
}

int cps_receive(struct cps_socket *socket, int timeout_milliseconds, size_t *count) {
  *count = 0;
  struct pollfd readable = {.fd = socket->fd, .events = POLLIN};
  int ready = poll(&readable, 1, timeout_milliseconds);
  if (ready < 0) return errno == EINTR ? 0 : errno;
  if (ready == 0) return 0;
  struct mmsghdr messages[batch_size];
  struct iovec vectors[batch_size];
  memset(messages, 0, sizeof messages);
  for (size_t i = 0; i < batch_size; i++) {
    vectors[i] = (struct iovec){.iov_base = socket->slots + i * slot_size, .iov_len = slot_size};
    messages[i].msg_hdr.msg_iov = &vectors[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  int received = recvmmsg(socket->fd, messages, batch_size, MSG_DONTWAIT, NULL);
  if (received < 0) return errno == EINTR || errno == EAGAIN ? 0 : errno;
  for (int i = 0; i < received; i++) socket->lengths[i] = messages[i].msg_len;
  *count = (size_t)received;
  return 0;
}

const uint8_t *cps_frame(const struct cps_socket *socket, size_t index, size_t *length) {
  *length = socket->lengths[index];
  return socket->slots + index * slot_size;
}

int cps_lost(struct cps_socket *socket, uint32_t *frames) {
  struct tpacket_stats statistics;
  socklen_t size = sizeof statistics;
  if (getsockopt(socket->fd, SOL_PACKET, PACKET_STATISTICS, &statistics, &size) < 0) return errno;
  *frames = statistics.tp_drops;
  return 0;
}
