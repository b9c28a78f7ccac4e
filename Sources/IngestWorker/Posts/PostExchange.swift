import ByteCore
import HTTPWire
import PointerEvents

/// A request whose body is on its way.
///
/// An object of its own, so that the thousands of connections that post nothing do not pay for it.
final class PostExchange {
    /// What came of some bytes.
    @safe enum Step {
        /// All of them are the body's, and more belongs to it.
        case needMore
        /// The whole body; it lies among the bytes that were given, or here.
        case whole(UnsafeRawBufferPointer)
        case refused(PostRefusal)
    }

    private enum Framing {
        case length(left: Int)
        case chunked(ChunkedDecoder)
    }

    let answer: PostAnswer
    private var framing: Framing
    private var body = Spill()
    private let mostBytes: Int

    /// `mostBytes` is what a body may come to.
    init(_ request: PostRequest, mostBytes: Int = Limits.messageBytes) {
        self.mostBytes = mostBytes
        answer = request.answer
        if case .length(let count) = request.framing {
            framing = .length(left: count)
        } else {
            framing = .chunked(ChunkedDecoder(.strict))
        }
    }

    /// Bytes allocated.
    var keptBytes: Int { body.capacity + MemoryLayout<PostAnswer>.size + 128 }

    /// Takes what of `bytes` is the body's; also says how many of them that are.
    func take(_ bytes: UnsafeRawBufferPointer) -> (consumed: Int, step: Step) {
        switch framing {
        case .length(let left):
            if body.isEmpty, bytes.count >= left {
                return unsafe (left, .whole(UnsafeRawBufferPointer(rebasing: bytes[..<left])))
            }
            let count = min(left, bytes.count)
            unsafe body.append(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
            framing = .length(left: left - count)
            return (count, left > count ? .needMore : whole)
        case .chunked(var decoder):
            defer { framing = .chunked(decoder) }
            return unsafe takeChunks(bytes, &decoder)
        }
    }

    private var whole: Step { unsafe .whole(UnsafeRawBufferPointer(body.contents)) }

    private func takeChunks(
        _ bytes: UnsafeRawBufferPointer, _ decoder: inout ChunkedDecoder
    ) -> (consumed: Int, step: Step) {
        var offset = 0
        while true {
            let step = unsafe decoder.next(bytes, offset: &offset)
            if case .malformed = step { return (offset, .refused(.malformedChunk)) }
            var count = decoder.bytesAhead
            if case .bytes(let range) = step { count += range.count }
            // A chunk is judged by its size, before any of it is waited for.
            guard body.count + count <= mostBytes else { return (offset, .refused(.tooBig(mostBytes))) }
            switch step {
            case .bytes(let range):
                unsafe body.append(UnsafeRawBufferPointer(rebasing: bytes[range]))
            case .ended: return (offset, whole)
            case .needMore, .malformed: return (offset, .needMore)
            }
        }
    }
}
