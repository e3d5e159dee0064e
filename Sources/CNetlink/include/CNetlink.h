#pragma once

#include <stddef.h>
#include <stdint.h>

// The C side of the netlink shell. Every function that can fail returns 0 or a positive errno: libnl's own codes
// fold several errno values into one, so they do not cross this border, and neither do its types and macros.

/// A netlink socket and the buffer that its datagrams are received into.
struct cnl_socket;

/// Opens and binds a socket of a protocol (`NETLINK_*`) in the network namespace of the calling thread.
///
/// Extended acknowledgements, strict checking of requests and short acknowledgements are turned on where the kernel
/// has them. A receive gives up with EAGAIN after `timeout_seconds`.
int cnl_open(struct cnl_socket **result, int protocol, int receive_buffer, int timeout_seconds);

/// Closes the socket; NULL is ignored.
void cnl_close(struct cnl_socket *socket);

/// The sequence number for the next request.
uint32_t cnl_next_sequence(struct cnl_socket *socket);

/// The address of the socket, which the kernel repeats in its answers.
uint32_t cnl_local_port(const struct cnl_socket *socket);

/// Sends one datagram of one or more complete messages.
int cnl_send(struct cnl_socket *socket, const void *bytes, size_t count);

/// Receives one datagram from the kernel, of 1 MiB at most; a longer one is lost (EMSGSIZE). The bytes are valid until the
/// next receive or close.
int cnl_receive(struct cnl_socket *socket, const uint8_t **bytes, size_t *count);

/// The version of the libnl that the program was built with.
const char *cnl_library_version(void);

/// The text of an errno; NULL for a number without one. Never freed.
const char *cnl_error_text(int error);

/// Moves the calling thread to the network namespace that `path` names.
int cnl_enter_namespace(const char *path);

/// Moves the calling thread to a new, empty network namespace.
int cnl_unshare_network(void);

/// Opens /sys as the network namespace of the calling thread has it: a mount of its own that no path leads to, and that
/// ends with the descriptor.
int cnl_open_device_tree(int *descriptor);

/// Opens the network namespace that `path` names, to come back to it.
int cnl_open_namespace(const char *path, int *descriptor);

/// Moves the calling thread to the network namespace of an open descriptor.
int cnl_set_namespace(int descriptor);

/// Closes a descriptor.
void cnl_close_descriptor(int descriptor);

/// Whether two paths name one file; 0 also when either can not be examined.
int cnl_same_file(const char *left, const char *right);

/// The user id of a file's owner, as the caller's user namespace has it.
int cnl_file_owner(const char *path, uint32_t *user);

/// Reads a small file whole, at most `capacity` bytes of it.
int cnl_read_file(const char *path, void *bytes, size_t capacity, size_t *count);

/// Writes to a file that exists, such as a sysctl, in one write.
int cnl_write_file(const char *path, const void *bytes, size_t count);

/// Opens a file that exists for writing, and closes it again: the errno of what stands in the way.
int cnl_try_writing(const char *path);

/// `uname -r` and `uname -m`, each terminated with 0 and cut to its capacity.
int cnl_kernel_name(char *release, size_t release_capacity, char *machine, size_t machine_capacity);

/// Runs a program to its end in the network namespace of the calling thread, and gathers its standard output and
/// standard error together.
///
/// `words` are `word_count` texts, each with the 0 that ends it: the program's name, then its arguments. What does not fit
/// into `output` is dropped. `status` is as a shell has it: 128 and the signal for a program that a signal ended.
int cnl_run_program(const char *words, size_t word_count, const void *input, size_t input_count, void *output,
                    size_t capacity, size_t *count, int *status);

/// Starts a program in a session of its own, in `/`, without a terminal: it reads nothing, and writes to the end of the
/// file `log`, which is made with mode 0600. It lives on when its starter and the terminal end.
///
/// `words` are as for `cnl_run_program`.
int cnl_spawn_detached(const char *words, size_t word_count, const char *log, int *process);

/// What tells the network namespace of the calling thread from all others: the inode of its file, which is used again
/// after its end, and the cookie, which is not; 0 where the kernel has none (before 5.14).
int cnl_namespace_identity(uint64_t *inode, uint64_t *cookie);

/// Nanoseconds since the machine has started, the time that it was suspended included.
uint64_t cnl_boot_time(void);

/// Holds back SIGINT, SIGTERM and SIGHUP in the calling thread and in those that it starts, and opens a descriptor that
/// tells of them; with `lost_readers` also SIGPIPE, unless the process was started with that ignored.
int cnl_open_signals(int lost_readers, int *descriptor);

/// The number of a signal that has come, or 0.
int cnl_next_signal(int descriptor);

/// Sleeps so many nanoseconds.
void cnl_pause(uint64_t nanoseconds);

/// Stops the process as Ctrl-Z would, until somebody lets it go on.
void cnl_stop(void);

/// The descriptor of a socket, to wait for.
int cnl_descriptor(const struct cnl_socket *socket);

/// Lets a socket receive what the kernel tells a multicast group (`RTNLGRP_*`).
int cnl_join(struct cnl_socket *socket, int group);

/// Ends that; what was told by then is still received.
int cnl_leave(struct cnl_socket *socket, int group);

/// Waits until something can be read from one of two descriptors, at most `milliseconds`; -1 for ever.
///
/// `ready` gets bit 0 for the first and bit 1 for the second.
int cnl_wait(int first, int second, int milliseconds, int *ready);

/// Sends one datagram to the local socket `path`, whose leading @ stands for the 0 byte of an abstract name.
int cnl_send_local(const char *path, const void *bytes, size_t count);
