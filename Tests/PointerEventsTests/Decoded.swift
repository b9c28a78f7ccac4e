import ByteCore

@testable import PointerEvents

/// What a decoder makes of one message, in terms that can be compared.
struct Decoded: Equatable {
    var outcome: DecodeOutcome
    /// The accepted samples, encoded again.
    var encoded: [String] = []

    /// Decodes `message` from memory of exactly its size, with `decoder`.
    init(_ message: some Sequence<UInt8>, with decoder: inout JSONPointerDecoder) {
        let bytes = [UInt8](message)
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        defer { memory.deallocate() }
        memory.copyBytes(from: bytes)
        outcome = decoder.decode(UnsafeRawBufferPointer(memory))
        for index in 0..<decoder.count {
            let sample = decoder.sample(at: index)
            let hasTail = sample.sample.fields.contains(.tail)
            encoded.append(encode(sample, tail: hasTail ? decoder.tail(at: index) : nil))
        }
    }

    /// Decodes `message` with a decoder of its own.
    init(_ message: some Sequence<UInt8>) {
        var decoder = JSONPointerDecoder()
        self.init(message, with: &decoder)
    }

    init(_ text: String) { self.init(text.utf8) }

    /// The refusal; nil where the message was accepted.
    var refusal: SampleRefusal? {
        guard case .refused(let refusal) = outcome else { return nil }
        return refusal
    }
}

/// A decoded sample as the JSON that viewers get.
func encode(_ decoded: DecodedSample) -> String {
    encode(decoded.sample, id: Array(decoded.id), page: Array(decoded.page))
}

/// A sample as the JSON that viewers get.
func encode(_ sample: PointerSample, id: [UInt8], page: [UInt8] = []) -> String {
    var prefix = ByteBuffer()
    id.withUnsafeBytes { prefix.appendIDPrefix(id: $0) }
    var pageText = ByteBuffer()
    page.withUnsafeBytes { pageText.appendJSONString($0) }
    var text = ByteBuffer(capacity: 16)
    text.appendSampleJSON(sample, idPrefix: prefix.readable, page: pageText.readable)
    return String(decoding: text.readable, as: UTF8.self)
}

extension DecodedSample {
    /// One of nobody, at 0, 0.
    static var empty: DecodedSample {
        DecodedSample(
            sample: PointerSample(), id: UnsafeRawBufferPointer(start: nil, count: 0),
            page: UnsafeRawBufferPointer(start: nil, count: 0))
    }
}
