import ByteCore
import HTTPWire

/// A strong validator made from the content (RFC 9110, section 8.8.3): `"<16 hex digits>-<length in hex>"`.
struct EntityTag: Equatable {
    /// The tag with its quotes.
    let bytes: [UInt8]

    /// The tag of a content; the same in every process, so that a cache outlives a restart.
    init(of content: UnsafeRawBufferPointer) {
        var text = ByteBuffer(capacity: 32)
        text.append(UInt8(ascii: "\""))
        unsafe text.appendHex(Hash64.hash(content, seed: 0), digits: 16)
        text.append(UInt8(ascii: "-"))
        text.appendHex(UInt64(content.count), digits: 8)
        text.append(UInt8(ascii: "\""))
        bytes = unsafe Array(text.readable)
    }

    /// Whether If-None-Match names this tag, compared weakly (RFC 9110, section 13.1.2).
    ///
    /// A tag with a comma in it is looked at in pieces; no piece of it can be a tag of ours.
    func isNamed(by fields: borrowing HTTPFieldTable, in head: UnsafeRawBufferPointer) -> Bool {
        var found = false
        unsafe fields.forEachElement(of: "if-none-match", in: head) { element in
            found =
                unsafe element.isEqual(to: "*")
                || (tail(of: element, after: "W/") ?? element).elementsEqual(bytes)
            return !found
        }
        return found
    }
}
