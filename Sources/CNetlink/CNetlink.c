#define _GNU_SOURCE
#include "CNetlink.h"

#include <netlink/netlink.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <unistd.h>

#ifndef NETLINK_GET_STRICT_CHK
#define NETLINK_GET_STRICT_CHK 12
#endif

struct cnl_socket {
  struct nl_sock *nl;
  uint8_t *buffer;
  size_t capacity;
};

// A failed libnl call leaves errno as the system call set it; a failure of libnl's own sets none.
static int last_error(void) { return errno != 0 ? errno : ENOMEM; }

static void set_option(int fd, int option) {
  // Kernels without the option work all the same, with shorter explanations and fewer filters.
  int on = 1;
  (void)setsockopt(fd, SOL_NETLINK, option, &on, sizeof on);
}

int cnl_open(struct cnl_socket **result, int protocol, int receive_buffer, int timeout_seconds) {
  struct cnl_socket *socket = calloc(1, sizeof *socket);
  if (socket == NULL) return ENOMEM;
  errno = 0;
  socket->nl = nl_socket_alloc();
  // A dump needs at most 32 KiB a datagram; larger answers make the buffer grow.
  socket->capacity = 64 * 1024;
  socket->buffer = malloc(socket->capacity);
  if (socket->nl == NULL || socket->buffer == NULL || nl_connect(socket->nl, protocol) < 0) {
    int error = last_error();
    cnl_close(socket);
    return error;
  }
  int fd = nl_socket_get_fd(socket->nl);
  set_option(fd, NETLINK_EXT_ACK);
  set_option(fd, NETLINK_GET_STRICT_CHK);
  set_option(fd, NETLINK_CAP_ACK);
  // SO_RCVBUF stops silently at net.core.rmem_max; the privileged form does not.
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &receive_buffer, sizeof receive_buffer) < 0)
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  struct timeval timeout = {.tv_sec = timeout_seconds};
  (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  *result = socket;
  return 0;
}

void cnl_close(struct cnl_socket *socket) {
  if (socket == NULL) return;
  nl_socket_free(socket->nl);
  free(socket->buffer);
  free(socket);
}

uint32_t cnl_next_sequence(struct cnl_socket *socket) { return nl_socket_use_seq(socket->nl); }

uint32_t cnl_local_port(const struct cnl_socket *socket) { return nl_socket_get_local_port(socket->nl); }

int cnl_send(struct cnl_socket *socket, const void *bytes, size_t count) {
  int sent;
  do {
    errno = 0;
    // libnl takes the bytes without const, and does not write to them.
    sent = nl_sendto(socket->nl, (void *)bytes, count);
  } while (sent < 0 && errno == EINTR);
  return sent < 0 ? last_error() : 0;
}

static ssize_t receive_from_kernel(int fd, void *bytes, size_t count, int flags, struct sockaddr_nl *sender) {
  struct iovec vector = {.iov_base = bytes, .iov_len = count};
  struct msghdr message = {
      .msg_name = sender, .msg_namelen = sizeof *sender, .msg_iov = &vector, .msg_iovlen = 1};
  ssize_t received;
  do received = recvmsg(fd, &message, flags);
  while (received < 0 && errno == EINTR);
  return received;
}

int cnl_receive(struct cnl_socket *socket, const uint8_t **bytes, size_t *count) {
  int fd = nl_socket_get_fd(socket->nl);
  struct sockaddr_nl sender;
  for (;;) {
    ssize_t size = receive_from_kernel(fd, socket->buffer, 0, MSG_PEEK | MSG_TRUNC, &sender);
    if (size < 0) return errno;
    if ((size_t)size > socket->capacity) {
      uint8_t *larger = realloc(socket->buffer, (size_t)size);
      if (larger == NULL) return ENOMEM;
      socket->buffer = larger;
      socket->capacity = (size_t)size;
    }
    memset(&sender, 0, sizeof sender);
    size = receive_from_kernel(fd, socket->buffer, socket->capacity, 0, &sender);
    if (size < 0) return errno;
    // Any process may send to this socket's address; only port 0 is the kernel.
    if (sender.nl_pid != 0) continue;
    *bytes = socket->buffer;
    *count = (size_t)size;
    return 0;
  }
}

const char *cnl_library_version(void) { return LIBNL_VERSION; }

const char *cnl_error_text(int error) { return strerrordesc_np(error); }

int cnl_enter_namespace(const char *path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return errno;
  int error = setns(fd, CLONE_NEWNET) < 0 ? errno : 0;
  close(fd);
  return error;
}

int cnl_open_namespace(const char *path, int *descriptor) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return errno;
  *descriptor = fd;
  return 0;
}

int cnl_open_device_tree(int *descriptor) {
  int context = fsopen("sysfs", FSOPEN_CLOEXEC);
  if (context < 0) return errno;
  int mount = -1;
  if (fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
    mount = fsmount(context, FSMOUNT_CLOEXEC, MOUNT_ATTR_RDONLY);
  int error = mount < 0 ? errno : 0;
  close(context);
  *descriptor = mount;
  return error;
}

int cnl_set_namespace(int descriptor) { return setns(descriptor, CLONE_NEWNET) < 0 ? errno : 0; }

void cnl_close_descriptor(int descriptor) { close(descriptor); }

int cnl_unshare_network(void) { return unshare(CLONE_NEWNET) < 0 ? errno : 0; }

int cnl_same_file(const char *left, const char *right) {
  struct stat first, second;
  return stat(left, &first) == 0 && stat(right, &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

int cnl_read_file(const char *path, void *bytes, size_t capacity, size_t *count) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return errno;
  size_t total = 0;
  int error = 0;
  while (total < capacity) {
    ssize_t size = read(fd, (char *)bytes + total, capacity - total);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) error = errno;
    if (size <= 0) break;
    total += (size_t)size;
  }
  close(fd);
  *count = total;
  return error;
}

int cnl_write_file(const char *path, const void *bytes, size_t count) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return errno;
  ssize_t written;
  do written = write(fd, bytes, count);
  while (written < 0 && errno == EINTR);
  // A sysctl takes all or nothing.
  int error = written < 0 ? errno : (size_t)written < count ? EIO : 0;
  close(fd);
  return error;
}

int cnl_kernel_name(char *release, size_t release_capacity, char *machine, size_t machine_capacity) {
  struct utsname name;
  if (uname(&name) < 0) return errno;
  snprintf(release, release_capacity, "%s", name.release);
  snprintf(machine, machine_capacity, "%s", name.machine);
  return 0;
}
