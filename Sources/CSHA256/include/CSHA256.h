/// SHA-256 of many pieces of data at once.
#pragma once

#include <stddef.h>
#include <stdint.h>

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
