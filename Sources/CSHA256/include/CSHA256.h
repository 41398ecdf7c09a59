/// SHA-256, of one message and of many pieces of data at once.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// The SHA-256 of a message whose bytes come in parts.
typedef struct {
  /// The words a to h after the whole blocks so far.
  uint32_t words[8];
  /// The number of bytes so far.
  uint64_t byte_count;
  /// The bytes after the last whole block.
  uint8_t block[64];
} cairn_sha256;

/// Begins a message.
void cairn_sha256_begin(cairn_sha256 *_Nonnull hash);

/// Adds the next bytes of the message.
void cairn_sha256_update(cairn_sha256 *_Nonnull hash, const void *_Nonnull bytes, size_t count);

/// Ends the message, which takes no more bytes.
///
/// @param digest Receives 32 bytes.
void cairn_sha256_end(cairn_sha256 *_Nonnull hash, uint8_t *_Nonnull digest);

/// Takes whole blocks into the words, without instructions for SHA; for tests.
void cairn_sha256_portable_blocks(uint32_t *_Nonnull words, const void *_Nonnull blocks,
                                  size_t count);

/// Computes the SHA-256 of pieces of equal size that follow each other in memory.
///
/// One digest is a chain of dependent instructions, which leaves a processor with SHA instructions
/// idle for half of the time. Here four pieces are computed side by side, which takes half of the
/// time.
///
/// @param bytes The pieces.
/// @param piece_size The size of a piece in bytes, a multiple of 64.
/// @param count How many pieces there are.
/// @param digests Receives 32 bytes for each piece.
/// @return How many pieces were done, the first ones: as many as can be done four at a time, or
/// none where
///   the processor has no SHA instructions. The others are left to the caller.
size_t cairn_sha256_pieces(const void *_Nonnull bytes, size_t piece_size, size_t count,
                           uint8_t *_Nonnull digests);
