import ByteCore

/// A script of the snippet with this server's addresses in it, in each of the forms that it is served in.
///
/// `client-js/snippet/build.mjs` keeps, beside a script, what is in front of the addresses, compressed. Here
/// only the rest is put behind it, in codes that need no table, the server's name once:
/// ```
/// gzip    prefix | rest (block with fixed codes, the last) | CRC-32 | length
/// br      prefix | length and "not compressed" in 3 bytes, rest | 03 (empty, the last)
/// ```
/// The file for gzip ends with a byte of its own: how many bits of the one before it are the prefix's, from
/// the lowest on; none if it is 0, which leaves no byte in use by half.
/// RFC 1951, section 3.2.6; RFC 1952, section 2.3; RFC 7932, section 9.2.
@safe final class SnippetScript {
    private let forms: [ContentCoding: MadeFile]

    /// Makes the script at `path` of the files embedded; nil where its forms are not among them.
    ///
    /// No address has a character in it that would end a literal.
    init?(_ path: String, in files: [StaticFile], endpoint: String, base: String) {
        guard let plain = Self.file(path, in: files), let gzip = Self.file(path + ".gz", in: files),
            let brotli = Self.file(path + ".br", in: files)
        else { return nil }
        let start = unsafe Self.offset(of: Self.endpointPlace, in: plain.bytes) ?? plain.bytes.count
        let head = unsafe UnsafeRawBufferPointer(rebasing: plain.bytes[..<start])
        var rest = ByteBuffer(capacity: 256)
        let places = unsafe UnsafeRawBufferPointer(rebasing: plain.bytes[start...])
        unsafe Self.appendFilled(places, endpoint, base, to: &rest)
        var whole = ByteBuffer(capacity: head.count + rest.count)
        unsafe whole.append(head)
        unsafe whole.append(rest.readable)
        forms = unsafe [
            .identity: MadeFile(path: path, whole),
            .gzip: MadeFile(path: path, Self.gzip(gzip.bytes, rest, checksumOf: whole)),
            .brotli: MadeFile(path: path, Self.brotli(brotli.bytes, rest)),
        ]
    }

    /// The form that is asked for, and which it is.
    func file(_ coding: ContentCoding) -> (file: StaticFile?, coding: ContentCoding) {
        (forms[coding]?.file, coding)
    }

    /// What stands where the addresses go, as `build.mjs` writes it.
    private static let endpointPlace: StaticString = "ws://%ENDPOINT%"
    private static let basePlace: StaticString = "%BASE%"

    private static func file(_ path: String, in files: [StaticFile]) -> StaticFile? {
        files.first { $0.path == path }
    }

    private static func offset(of place: StaticString, in bytes: UnsafeRawBufferPointer) -> Int? {
        bytes.indices.first { unsafe tail(of: .init(rebasing: bytes[$0...]), after: place) != nil }
    }

    private static func appendFilled(
        _ text: UnsafeRawBufferPointer, _ endpoint: String, _ base: String, to filled: inout ByteBuffer
    ) {
        var rest = unsafe text
        while let first = unsafe rest.first {
            if let behind = unsafe tail(of: rest, after: endpointPlace) {
                filled.append(text: endpoint)
                unsafe rest = behind
            } else if let behind = unsafe tail(of: rest, after: basePlace) {
                filled.append(text: base)
                unsafe rest = behind
            } else {
                filled.append(first)
                unsafe rest = UnsafeRawBufferPointer(rebasing: rest[1...])
            }
        }
    }

    private static func gzip(
        _ prefix: UnsafeRawBufferPointer, _ rest: borrowing ByteBuffer, checksumOf whole: borrowing ByteBuffer
    ) -> ByteBuffer {
        let bits = unsafe Int(prefix[prefix.count - 1])
        let begun = prefix.count - (bits == 0 ? 1 : 2)
        var tail = unsafe DeflateTail(
            bits: bits == 0 ? 0 : prefix[begun], count: bits, capacity: rest.count + 16)
        unsafe tail.append(rest.readable)
        tail.finish()
        var text = ByteBuffer(capacity: begun + tail.bytes.count + 8)
        unsafe text.append(UnsafeRawBufferPointer(rebasing: prefix[..<begun]))
        unsafe text.append(tail.bytes.readable)
        for word in unsafe [checksum(of: whole.readable), UInt32(whole.count)] {
            for shift: UInt32 in [0, 8, 16, 24] { text.append(UInt8(truncatingIfNeeded: word >> shift)) }
        }
        return text
    }

    private static func brotli(_ prefix: UnsafeRawBufferPointer, _ rest: borrowing ByteBuffer) -> ByteBuffer {
        var text = ByteBuffer(capacity: prefix.count + rest.count + 4)
        unsafe text.append(prefix)
        if !rest.isEmpty {
            // Not the last (0), a length of four nibbles (00), the length less one, not compressed (1).
            let header = UInt32(rest.count - 1) << 3 | 1 << 19
            for shift: UInt32 in [0, 8, 16] { text.append(UInt8(truncatingIfNeeded: header >> shift)) }
            unsafe text.append(rest.readable)
        }
        text.append(3)
        return text
    }

    /// CRC-32 as gzip has it (RFC 1952, section 8); for what is made once, bit by bit.
    private static func checksum(of bytes: UnsafeRawBufferPointer) -> UInt32 {
        var value = ~UInt32(0)
        for index in bytes.indices {
            value ^= unsafe UInt32(bytes[index])
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
        }
        return ~value
    }
}
