#pragma once

#include <stddef.h>
#include <stdint.h>

// The C side of AF_PACKET sockets. Every function that can fail returns 0 or a positive errno.

/// A raw packet socket on one interface, and room for what it receives.
struct cps_socket;

/// Opens a socket on an interface of the calling thread's network namespace.
///
/// One that receives gets every frame that comes in on the interface, and those that go out where it watches; it does
/// not make the interface promiscuous. `receive_buffer` is in bytes, beyond net.core.rmem_max where the caller is privileged.
int cps_open(struct cps_socket **result, const char *interface, int receives, int watches, int receive_buffer);

/// Closes the socket; NULL is ignored.
void cps_close(struct cps_socket *socket);

/// Sends frames that lie one after another in `bytes`, in order, and counts those that went out, also on failure.
int cps_send(struct cps_socket *socket, const uint8_t *bytes, const size_t *lengths, size_t count, size_t *sent);

/// Waits until frames are there, and receives as many of them as there is room for: `count` is 0 when none came.
int cps_receive(struct cps_socket *socket, int timeout_milliseconds, size_t *count);

/// One frame of the last receive, with its link-layer header; valid until the next receive or close.
const uint8_t *cps_frame(const struct cps_socket *socket, size_t index, size_t *length);

/// Counts the frames that were lost for want of room since the last call.
int cps_lost(struct cps_socket *socket, uint32_t *frames);
