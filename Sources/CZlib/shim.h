#ifndef POINTERSCOPE_CZLIB_SHIM_H
#define POINTERSCOPE_CZLIB_SHIM_H

#include <stdlib.h>
#include <zlib.h>

/// What raw deflate data (RFC 1951) is inflated with; it works on memory alone.
typedef struct ps_inflater ps_inflater;

enum {
    /// More data may follow, and has to where a block has begun.
    PS_INFLATE_WITHIN_BLOCK,
    /// All blocks so far are whole and end with a byte.
    PS_INFLATE_BETWEEN_BLOCKS,
    /// The block that calls itself the last is whole; what follows it begins anew.
    PS_INFLATE_ENDED,
    /// It is no deflate data, or there is no memory.
    PS_INFLATE_FAILED,
};

/// Makes one for any window, or NULL without memory for it: 40 KiB once it has inflated something.
static inline ps_inflater *_Nullable ps_inflater_make(void) {
    z_stream *stream = (z_stream *)calloc(1, sizeof(z_stream));
    if (stream && inflateInit2(stream, -MAX_WBITS) != Z_OK) {
        free(stream);
        stream = NULL;
    }
    return (ps_inflater *)stream;
}

/// Gives it back.
static inline void ps_inflater_free(ps_inflater *_Nonnull inflater) {
    inflateEnd((z_stream *)inflater);
    free(inflater);
}

/// Forgets everything that was inflated before.
static inline void ps_inflater_begin(ps_inflater *_Nonnull inflater) { inflateReset((z_stream *)inflater); }

/// Inflates what there is of `*taken` bytes of input into at most `*made` bytes of output; both become what
/// was taken and made. One of the values above.
static inline int ps_inflate(ps_inflater *_Nonnull inflater, const void *_Nullable input,
                             size_t *_Nonnull taken, void *_Nonnull output, size_t *_Nonnull made) {
    z_stream *stream = (z_stream *)inflater;
    stream->next_in = (z_const Bytef *)input;
    stream->avail_in = (uInt)*taken;
    stream->next_out = (Bytef *)output;
    stream->avail_out = (uInt)*made;
    int code = inflate(stream, Z_SYNC_FLUSH);
    *taken -= stream->avail_in;
    *made -= stream->avail_out;
    switch (code) {
    case Z_STREAM_END:
        return PS_INFLATE_ENDED;
    case Z_OK:
    case Z_BUF_ERROR:
        // zlib.h: 128 behind the end of a block, 64 in the last one; below them how many bits are left over.
        return stream->data_type == 128 ? PS_INFLATE_BETWEEN_BLOCKS : PS_INFLATE_WITHIN_BLOCK;
    default:
        return PS_INFLATE_FAILED;
    }
}

#endif
