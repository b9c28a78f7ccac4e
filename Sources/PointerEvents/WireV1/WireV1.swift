/// The bytes that records of `pointerscope.v1` begin with (docs/protocol.md), from the page to the server.
///
/// ```
/// message   sequence u8 | record...
/// record    1ttxxxxx xxyyyyyy                  a compact move
///           01...3F | body                     one of these
///           40...7F | length uv | bytes        of a later version, passed over
/// ```
package enum WireV1Record: UInt8 {
    case hello = 0x01
    case move = 0x02
    case down = 0x03
    case up = 0x04
    case cancel = 0x05
    case click = 0x06
    case scroll = 0x07
    case wheel = 0x08
    case enter = 0x09
    case leave = 0x0A
    case visibility = 0x0B
    case resize = 0x0C
    case page = 0x0D
    case name = 0x0E
    case bye = 0x0F
    case sync = 0x10
    case pointer = 0x11

    /// The first byte of records that are passed over; compact moves begin at 0x80.
    static let firstOfLaterVersions: UInt8 = 0x40
}

/// The compact move, 2 bytes: `1 tt xxxxxxx yyyyyy`, the steps in two's complement.
///
/// Time passed since the record before is `beat + t - 1` units of 2 ms, so that a pace that is kept costs
/// nothing to say.
enum WireV1Compact {
    static let steps = -1...2
    static let x = -64...63
    static let y = -32...31

    /// The beat that a connection begins with: 16 ms, a frame at 60 Hz.
    static let firstBeat: Int32 = 8
    /// Longer steps are pauses and set no beat: 40 ms.
    static let slowestBeat: Int32 = 20
}

/// What the messages of one connection build upon, without its texts.
package struct WireV1Place: Equatable, Sendable, BitwiseCopyable {
    package struct Flags: OptionSet, Sendable, BitwiseCopyable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// The hello was taken.
        static let begun = Flags(rawValue: 1 << 0)
        /// The pointer is on the page.
        static let isOnPage = Flags(rawValue: 1 << 1)
        /// Messages are missing, so that positions are not known until a sync.
        static let awaitsSync = Flags(rawValue: 1 << 2)
        static let saidBye = Flags(rawValue: 1 << 3)
        /// What the next sample has to say, because a record without a sample has said it.
        static let scrollUnsaid = Flags(rawValue: 1 << 4)
        static let pointerUnsaid = Flags(rawValue: 1 << 5)
        static let nameUnsaid = Flags(rawValue: 1 << 6)

        static let unsaid: Flags = [.scrollUnsaid, .pointerUnsaid, .nameUnsaid]
    }

    /// Epoch milliseconds of the last record.
    var clock: Int64 = 0
    /// The full number of the last message that was heard.
    var number: UInt64 = 0
    /// The client position.
    var x: Int32 = 0
    var y: Int32 = 0
    package var scrollX: Int32 = 0
    package var scrollY: Int32 = 0
    var beat = WireV1Compact.firstBeat
    var flags: Flags = []
    /// `PointerType`'s raw value; 0 where it is not known.
    var pointerType: UInt8 = 0
    /// How many messages in a row have looked late, each the next of the one before, and the number of the
    /// last of them.
    var lateCount: UInt8 = 0
    var lateNumber: UInt8 = 0

    /// Takes the pace of a move that came `step` units behind the record before.
    @inline(__always)
    mutating func keepBeat(_ step: Int32) {
        if step <= WireV1Compact.slowestBeat { beat = step }
    }
}
