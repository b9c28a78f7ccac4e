/* The least of RFC 6455 that a benchmark's peer needs: answering a handshake and walking over masked frames. */
#ifndef BENCH_WEBSOCKET_H
#define BENCH_WEBSOCKET_H

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Writes the answer to the handshake `head` (NUL-terminated, up to its empty line) into `answer`, 512 bytes, and
 * returns its length; 0 where there is no key. RFC 6455, section 4.2.2. */
static inline int ws_answer(const char *head, char *answer) {
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    static const char name[] = "\r\nSec-WebSocket-Key:";
    const char *key = strcasestr(head, name);
    if (!key) return 0;
    key += sizeof name - 1;
    while (*key == ' ') key++;
    char joined[128];
    size_t length = strcspn(key, "\r ");
    if (length > 64) return 0;
    memcpy(joined, key, length);
    memcpy(joined + length, guid, sizeof guid - 1);
    unsigned char digest[SHA_DIGEST_LENGTH];
    SHA1((unsigned char *)joined, length + sizeof guid - 1, digest);
    unsigned char accept[64];
    EVP_EncodeBlock(accept, digest, sizeof digest);
    const char *protocol = "";
    if (strcasestr(head, "\r\nSec-WebSocket-Protocol: pointerscope.v1")) {
        protocol = "Sec-WebSocket-Protocol: pointerscope.v1\r\n";
    } else if (strcasestr(head, "\r\nSec-WebSocket-Protocol:")) {
        protocol = "Sec-WebSocket-Protocol: json\r\n";
    }
    return snprintf(answer, 512,
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    "Sec-WebSocket-Accept: %s\r\n%s\r\n",
                    accept, protocol);
}

/* A client's frame in a buffer (RFC 6455, section 5.2). */
struct ws_frame {
    unsigned opcode;
    unsigned char *payload;
    size_t length;
    uint32_t mask;
    /* Of the whole frame. */
    size_t bytes;
};

/* Finds the frame at the head of `count` bytes; 0 where it is not all there yet. */
static inline int ws_next(unsigned char *at, size_t count, struct ws_frame *frame) {
    if (count < 6) return 0;
    size_t length = at[1] & 0x7F, head = 6;
    if (length == 126) {
        if (count < 8) return 0;
        length = (size_t)at[2] << 8 | at[3];
        head = 8;
    } else if (length == 127) {
        if (count < 14) return 0;
        length = 0;
        for (int index = 2; index < 10; index++) length = length << 8 | at[index];
        head = 14;
    }
    if (length > (1 << 20) || count < head + length) return 0;
    memcpy(&frame->mask, at + head - 4, 4);
    frame->opcode = at[0] & 0x0F;
    frame->payload = at + head;
    frame->length = length;
    frame->bytes = head + length;
    return 1;
}

/* Takes the mask off, eight bytes at a time. */
static inline void ws_unmask(struct ws_frame *frame) {
    uint64_t wide = (uint64_t)frame->mask << 32 | frame->mask;
    size_t index = 0;
    for (; index + 8 <= frame->length; index += 8) {
        uint64_t word;
        memcpy(&word, frame->payload + index, 8);
        word ^= wide;
        memcpy(frame->payload + index, &word, 8);
    }
    for (; index < frame->length; index++) frame->payload[index] ^= (unsigned char)(frame->mask >> (index % 4 * 8));
}

#endif
