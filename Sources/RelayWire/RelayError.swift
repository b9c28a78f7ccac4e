/// Why the bytes of a channel are not what a sound peer writes; the channel is of no use afterwards.
public enum RelayError: Error, Equatable, Sendable {
    /// Neither a record of this channel nor one that goes in this direction.
    case unexpectedType(UInt8)
    /// A length that this type of record does not have.
    case wrongLength(type: UInt8, length: UInt16)
    /// Something came before the hello, or a second hello.
    case helloOutOfPlace
    /// The peer speaks another protocol.
    case wrongMagic(UInt32)
    /// The peer speaks another version of this one.
    case otherVersion(UInt16)
    /// A slot or text past the limits.
    case outOfRange(type: UInt8, index: UInt32)
    /// A sample or leave of a slot nobody has joined.
    case slotVacant(UInt32)
    /// A join of a slot that is taken.
    case slotTaken(UInt32)
    /// A sample with a page, a name or an element that was never told.
    case textUnknown(RelayText, UInt32)
    /// A kind, field bit, number or time that no worker writes.
    case badSample
    /// An id or text of a wrong length, or not UTF-8.
    case badText(type: UInt8)
}
