public import ByteCore

/// What the reader of a data channel knows, left to a successor: which slots are joined and which texts are
/// named.
///
/// ```
/// [ hello was read u8 ][ slots ][ pages ][ names ][ elements ]   each [ words u32 ] n x [ 64 bits ]
/// ```
public struct CarriedReader: Carriable, Equatable, Sendable {
    var isOpen = false
    var tables: [[UInt64]] = [[], [], [], []]

    /// More than a channel has slots.
    private static let words = 1 << 16

    /// One to be read into.
    public init() {}

    /// Carries it.
    public mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        try carrier.carry(&isOpen)
        for place in tables.indices {
            try carrier.carry(&tables[place], limit: Self.words)
            let count = tables[place].count
            try carrier.require(count > 0 && count & (count - 1) == 0)
        }
    }
}

extension RelayReader {
    /// What a successor needs to read on; nil where nothing can be read any more.
    public var carried: CarriedReader? {
        guard !hasFailed else { return nil }
        var carried = CarriedReader()
        carried.isOpen = isOpen
        carried.tables = [slots.carried, pages.carried, names.carried, elements.carried]
        return carried
    }

    /// Reads on what `peer` writes.
    public init(_ carried: CarriedReader, from peer: ChannelPeer) {
        self.init(from: peer)
        if carried.isOpen { open() }
        slots = BitTable(carried.tables[0])
        pages = BitTable(carried.tables[1])
        names = BitTable(carried.tables[2])
        elements = BitTable(carried.tables[3])
    }
}

extension ControlReader {
    /// Reads on what `peer` writes, whose hello was read where that `isOpen`.
    public init(from peer: ChannelPeer, isOpen: Bool) {
        self.init(from: peer)
        if isOpen { open() }
    }
}

extension BitTable {
    /// Its words.
    var carried: [UInt64] { (0..<Int(bitCount / 64)).map { unsafe words[$0] } }

    /// A table of these words, a power of two of them.
    init(_ carried: [UInt64]) {
        self.init()
        for (place, word) in carried.enumerated().reversed() where word != 0 || place == carried.count - 1 {
            // The highest first, so that it grows once.
            insert(UInt32(place * 64 + 63))
            unsafe words[place] = word
        }
    }
}

/// Which records the channels of this program speak: workers of before must speak the same.
public enum RelayVersions {
    /// Of the data channel.
    public static var data: UInt16 { RelayRecordType.version }
    /// Of the control channel.
    public static var control: UInt16 { ControlRecord.version }
}
