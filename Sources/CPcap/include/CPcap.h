#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

// libpcap, loaded when the first capture is opened: it brings ten libraries along, and whoever reads no captures should
// neither wait for them nor need them. No libpcap type crosses this border.

/// What an error text needs room for, in bytes.
#define CPC_ERROR_SIZE 256

/// An open capture file.
struct cpc_capture;

/// Opens a capture, pcap or pcapng. The capture owns `file` from then on, but not after a failure.
///
/// Returns NULL and says why in `error`, of CPC_ERROR_SIZE bytes, on failure.
struct cpc_capture *cpc_open(FILE *file, char *error);

/// Closes the capture and its file; NULL is ignored.
void cpc_close(struct cpc_capture *capture);

/// The link type (DLT_*) of the frames.
int cpc_link_type(const struct cpc_capture *capture);

/// libpcap's name of a link type; NULL when it has none.
const char *cpc_link_type_name(int link_type);

/// Reads the next frame, whose bytes are valid until the next call.
///
/// `time` becomes that of its capture, in nanoseconds since 1970.
/// Returns 1 for a frame, 0 at the end, and -1 on an error, which `error` then tells.
int cpc_next(struct cpc_capture *capture, const uint8_t **bytes, size_t *captured, size_t *original, int64_t *time,
             const char **error);
