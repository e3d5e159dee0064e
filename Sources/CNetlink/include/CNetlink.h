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

/// Receives one datagram of any size from the kernel. The bytes are valid until the next receive or close.
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

/// Reads a small file whole, at most `capacity` bytes of it.
int cnl_read_file(const char *path, void *bytes, size_t capacity, size_t *count);

/// Writes to a file that exists, such as a sysctl, in one write.
int cnl_write_file(const char *path, const void *bytes, size_t count);

/// `uname -r` and `uname -m`, each terminated with 0 and cut to its capacity.
int cnl_kernel_name(char *release, size_t release_capacity, char *machine, size_t machine_capacity);

/// Runs a program to its end in the network namespace of the calling thread, and gathers its standard output and
/// standard error together.
///
/// `words` are `word_count` texts, each with the 0 that ends it: the program's name, then its arguments. What does not fit
/// into `output` is dropped. `status` is as a shell has it: 128 and the signal for a program that a signal ended.
int cnl_run_program(const char *words, size_t word_count, const void *input, size_t input_count, void *output,
                    size_t capacity, size_t *count, int *status);
