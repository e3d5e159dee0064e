#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// libpcap, loaded when the first capture is opened: it brings ten libraries along, and whoever reads no captures should
// neither wait for them nor need them. No libpcap type crosses this border.

/// What an error text needs room for, in bytes.
#define CPC_ERROR_SIZE 256

/// An open capture file.
struct cpc_capture;

/// Opens a capture, pcap or pcapng, that is read from `descriptor`, and before it from `begun`, `count` bytes that were
/// read already. The descriptor belongs to the capture from then on, and is
/// closed after a failure, too.
///
/// Returns NULL and says why in `error`, of CPC_ERROR_SIZE bytes, on failure.
struct cpc_capture *cpc_open(int descriptor, const uint8_t *begun, size_t count, char *error);

/// Closes the capture and its file; NULL is ignored.
void cpc_close(struct cpc_capture *capture);

/// The link type (DLT_*) of the frames.
int cpc_link_type(const struct cpc_capture *capture);

/// libpcap's name of a link type; NULL when it has none.
const char *cpc_link_type_name(int link_type);

/// How many bytes of the file were read so far.
uint64_t cpc_bytes_read(const struct cpc_capture *capture);

/// Where a frame is in a block of them.
struct cpc_frame {
  /// When it was captured, in nanoseconds since 1970.
  int64_t time;
  /// Of its first byte, and how many bytes were captured.
  uint32_t offset, captured;
  /// Bytes on the wire.
  uint32_t original;
};

/// Reads frames that follow, one behind the other, until there are `most` of them or the next one does not fit into `size`
/// bytes; but once there is one, it does not wait for more. A frame longer than `size` is an error.
///
/// Sets `count` to the number of frames, also where it fails after some of them. Returns 1 where there may be more, 0 at
/// the end, and -1 on an error, which `error` then tells.
int cpc_read(struct cpc_capture *capture, uint8_t *bytes, size_t size, struct cpc_frame *frames, size_t most,
             size_t *count, const char **error);
