#define _GNU_SOURCE
#include "CNetlink.h"

#include <netlink/netlink.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef NETLINK_GET_STRICT_CHK
#define NETLINK_GET_STRICT_CHK 12
#endif
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
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
  // A dump fills at most 32 KiB a datagram, and a single object, whose attributes take up to 64 KiB each, a few times as
  // much. What is never written to takes no memory.
  socket->capacity = 1024 * 1024;
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

int cnl_receive(struct cnl_socket *socket, const uint8_t **bytes, size_t *count) {
  int fd = nl_socket_get_fd(socket->nl);
  for (;;) {
    struct sockaddr_nl sender = {0};
    struct iovec vector = {.iov_base = socket->buffer, .iov_len = socket->capacity};
    struct msghdr message = {.msg_name = &sender, .msg_namelen = sizeof sender, .msg_iov = &vector, .msg_iovlen = 1};
    ssize_t size = recvmsg(fd, &message, 0);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return errno;
    // Any process may send to this socket's address; only port 0 is the kernel.
    if (sender.nl_pid != 0) continue;
    if (message.msg_flags & MSG_TRUNC) return EMSGSIZE;
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

int cnl_file_owner(const char *path, uint32_t *user) {
  struct stat file;
  if (stat(path, &file) != 0) return errno;
  *user = file.st_uid;
  return 0;
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

int cnl_try_writing(const char *path) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return errno;
  close(fd);
  return 0;
}

int cnl_kernel_name(char *release, size_t release_capacity, char *machine, size_t machine_capacity) {
  struct utsname name;
  if (uname(&name) < 0) return errno;
  snprintf(release, release_capacity, "%s", name.release);
  snprintf(machine, machine_capacity, "%s", name.machine);
  return 0;
}

// The program finds in its standard input what it shall read, so that nobody has to write while it runs.
static int file_of(const void *bytes, size_t count, int *descriptor) {
  int fd = memfd_create("input", MFD_CLOEXEC);
  if (fd < 0) return errno;
  for (size_t total = 0; total < count;) {
    ssize_t written = write(fd, (const char *)bytes + total, count - total);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      int error = errno;
      close(fd);
      return error;
    }
    total += (size_t)written;
  }
  (void)lseek(fd, 0, SEEK_SET);
  *descriptor = fd;
  return 0;
}

static int spawn(pid_t *process, char **arguments, int input, int output) {
  static const char *const folders[] = {"/usr/sbin", "/sbin", "/usr/bin", "/bin"};
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int error = posix_spawn_file_actions_init(&actions);
  if (error != 0) return error;
  error = posix_spawnattr_init(&attributes);
  if (error != 0) {
    posix_spawn_file_actions_destroy(&actions);
    return error;
  }
  // A program expects the signals as a shell leaves them.
  sigset_t all, none;
  sigfillset(&all);
  sigemptyset(&none);
  (void)posix_spawnattr_setsigdefault(&attributes, &all);
  (void)posix_spawnattr_setsigmask(&attributes, &none);
  (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  error = posix_spawn_file_actions_adddup2(&actions, input, 0);
  if (error == 0) error = posix_spawn_file_actions_adddup2(&actions, output, 1);
  if (error == 0) error = posix_spawn_file_actions_adddup2(&actions, output, 2);
  if (error == 0) error = posix_spawnp(process, arguments[0], &actions, &attributes, arguments, environ);
  for (size_t i = 0; error == ENOENT && i < sizeof folders / sizeof *folders && !strchr(arguments[0], '/'); i++) {
    char path[256];
    if (snprintf(path, sizeof path, "%s/%s", folders[i], arguments[0]) < (int)sizeof path)
      error = posix_spawn(process, path, &actions, &attributes, arguments, environ);
  }
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

static size_t read_to_end(int fd, char *bytes, size_t capacity) {
  size_t total = 0;
  char rest[4096];
  for (;;) {
    ssize_t size = total < capacity ? read(fd, bytes + total, capacity - total) : read(fd, rest, sizeof rest);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return total;
    if (total < capacity) total += (size_t)size;
  }
}

int cnl_run_program(const char *words, size_t word_count, const void *input, size_t input_count, void *output,
                    size_t capacity, size_t *count, int *status) {
  if (word_count == 0) return EINVAL;
  char **arguments = calloc(word_count + 1, sizeof *arguments);
  if (arguments == NULL) return ENOMEM;
  for (size_t i = 0; i < word_count; i++, words += strlen(words) + 1) arguments[i] = (char *)words;
  int source = -1;
  int ends[2] = {-1, -1};
  pid_t process = 0;
  int error = file_of(input, input_count, &source);
  if (error == 0 && pipe2(ends, O_CLOEXEC) < 0) error = errno;
  if (error == 0) error = spawn(&process, arguments, source, ends[1]);
  if (ends[1] >= 0) close(ends[1]);
  if (source >= 0) close(source);
  if (error == 0) {
    *count = read_to_end(ends[0], output, capacity);
    int result = 0;
    pid_t ended;
    do ended = waitpid(process, &result, 0);
    while (ended < 0 && errno == EINTR);
    if (ended < 0) error = errno;
    *status = WIFSIGNALED(result) ? 128 + WTERMSIG(result) : WEXITSTATUS(result);
  }
  if (ends[0] >= 0) close(ends[0]);
  free(arguments);
  return error;
}

static char **vector_of(const char *words, size_t word_count) {
  char **arguments = calloc(word_count + 1, sizeof *arguments);
  for (size_t i = 0; arguments != NULL && i < word_count; i++, words += strlen(words) + 1) arguments[i] = (char *)words;
  return arguments;
}

int cnl_spawn_detached(const char *words, size_t word_count, const char *log, int *process) {
  if (word_count == 0) return EINVAL;
  char **arguments = vector_of(words, word_count);
  if (arguments == NULL) return ENOMEM;
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int error = posix_spawn_file_actions_init(&actions);
  if (error == 0 && (error = posix_spawnattr_init(&attributes)) != 0) posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    free(arguments);
    return error;
  }
  sigset_t all, none;
  sigfillset(&all);
  sigemptyset(&none);
  (void)posix_spawnattr_setsigdefault(&attributes, &all);
  (void)posix_spawnattr_setsigmask(&attributes, &none);
  error = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
  if (error == 0) error = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  if (error == 0) error = posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (error == 0) error = posix_spawn_file_actions_adddup2(&actions, 1, 2);
  if (error == 0) error = posix_spawn_file_actions_addchdir_np(&actions, "/");
  pid_t started = 0;
  if (error == 0) error = posix_spawn(&started, arguments[0], &actions, &attributes, arguments, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  free(arguments);
  *process = started;
  return error;
}

int cnl_namespace_identity(uint64_t *inode, uint64_t *cookie) {
  struct stat information;
  if (stat("/proc/thread-self/ns/net", &information) < 0) return errno;
  *inode = information.st_ino;
  *cookie = 0;
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno;
  socklen_t size = sizeof *cookie;
  if (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, cookie, &size) < 0) *cookie = 0;
  close(fd);
  return 0;
}

uint64_t cnl_boot_time(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_BOOTTIME, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int cnl_open_signals(int lost_readers, int *descriptor) {
  sigset_t held;
  sigemptyset(&held);
  sigaddset(&held, SIGINT);
  sigaddset(&held, SIGTERM);
  sigaddset(&held, SIGHUP);
  // One that is held back comes even where it is ignored.
  struct sigaction action;
  if (lost_readers && sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler != SIG_IGN) sigaddset(&held, SIGPIPE);
  int error = pthread_sigmask(SIG_BLOCK, &held, NULL);
  if (error != 0) return error;
  int fd = signalfd(-1, &held, SFD_CLOEXEC | SFD_NONBLOCK);
  if (fd < 0) return errno;
  *descriptor = fd;
  return 0;
}

int cnl_next_signal(int descriptor) {
  struct signalfd_siginfo information;
  return read(descriptor, &information, sizeof information) == sizeof information ? (int)information.ssi_signo : 0;
}

void cnl_pause(uint64_t nanoseconds) {
  struct timespec rest = {.tv_sec = (time_t)(nanoseconds / 1000000000u), .tv_nsec = (long)(nanoseconds % 1000000000u)};
  while (nanosleep(&rest, &rest) < 0 && errno == EINTR) {}
}

void cnl_stop(void) { (void)raise(SIGSTOP); }

int cnl_descriptor(const struct cnl_socket *socket) { return nl_socket_get_fd(socket->nl); }

static int set_membership(struct cnl_socket *socket, int option, int group) {
  int fd = nl_socket_get_fd(socket->nl);
  return setsockopt(fd, SOL_NETLINK, option, &group, sizeof group) < 0 ? errno : 0;
}

int cnl_join(struct cnl_socket *socket, int group) { return set_membership(socket, NETLINK_ADD_MEMBERSHIP, group); }

int cnl_leave(struct cnl_socket *socket, int group) { return set_membership(socket, NETLINK_DROP_MEMBERSHIP, group); }

int cnl_wait(int first, int second, int milliseconds, int *ready) {
  struct pollfd set[2] = {{.fd = first, .events = POLLIN}, {.fd = second, .events = POLLIN}};
  int count;
  do count = poll(set, 2, milliseconds);
  while (count < 0 && errno == EINTR);
  if (count < 0) return errno;
  *ready = (set[0].revents != 0 ? 1 : 0) | (set[1].revents != 0 ? 2 : 0);
  return 0;
}

int cnl_send_local(const char *path, const void *bytes, size_t count) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  size_t length = strlen(path);
  if (length == 0 || length >= sizeof address.sun_path) return EINVAL;
  memcpy(address.sun_path, path, length);
  if (path[0] == '@') address.sun_path[0] = 0;
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno;
  socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
  int error = sendto(fd, bytes, count, MSG_NOSIGNAL, (struct sockaddr *)&address, size) < 0 ? errno : 0;
  close(fd);
  return error;
}
