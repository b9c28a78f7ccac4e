import BroadcastHub
import ByteCore
import RelayWire

/// How upgrades ended, for `/metrics`.
struct UpgradeCounts: Carriable, Equatable {
    var done: UInt64 = 0
    /// The new program was not even tried.
    var refused: UInt64 = 0
    /// It was, and did not begin.
    var returned: UInt64 = 0

    init() {}

    mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        try carrier.carry(&done)
        try carrier.carry(&refused)
        try carrier.carry(&returned)
    }
}

/// What one program leaves to the next in the master's process, as bytes.
///
/// ```
///   0 [ "PSCOPEUP"              ]
///   8 [ version u32 | 0 u32     ]
///  16 [ checksum of the body u64]   SipHash-1-3
///  24 [ body: the master | the hub's snapshot ]
/// ```
/// Everything in it is of explicit width. A descriptor in it is a number that stays open across the exec.
public enum UpgradeState {
    /// Raised with every change of a layout.
    static let version: UInt32 = 2
    private static let magic: UInt64 = 0x5055_4550_4F43_5350
    private static let headerBytes = 24

    /// What a program says that is asked whether it can take over: it can where it says what is said here.
    public static var format: String {
        "state \(version), hub \(HubSnapshot.version), data \(RelayVersions.data), "
            + "control \(RelayVersions.control)"
    }

    /// What stands in front of that.
    public static let formatPrefix = "pointerscope-upgrade: "

    /// Writes both, and tells which descriptors have to stay open.
    static func write(
        _ master: inout CarriedMaster, _ hub: BroadcastHub
    ) throws(CarryFault) -> WrittenState {
        var carrier = Carrier()
        try master.carry(with: &carrier)
        carrier.append { HubSnapshot.write(hub, into: &$0) }
        var bytes = unsafe ByteBuffer(capacity: carrier.written.count + headerBytes)
        bytes.append(memoryOf: magic.littleEndian)
        bytes.append(memoryOf: version.littleEndian)
        bytes.append(memoryOf: UInt32(0))
        unsafe bytes.append(memoryOf: Hash64.hash(carrier.written, seed: magic).littleEndian)
        unsafe bytes.append(carrier.written)
        return WrittenState(bytes: bytes, descriptors: carrier.descriptors)
    }

    /// Reads the master, and where the hub's snapshot stands behind it.
    static func read(
        _ bytes: UnsafeRawBufferPointer
    ) throws(CarryFault) -> (master: CarriedMaster, hub: UnsafeRawBufferPointer) {
        var header = unsafe Carrier(reading: bytes)
        var (foundMagic, foundVersion, zero, checksum) = (UInt64(0), UInt32(0), UInt32(0), UInt64(0))
        try header.carry(&foundMagic)
        try header.carry(&foundVersion)
        try header.carry(&zero)
        try header.carry(&checksum)
        let body = unsafe header.rest
        guard foundMagic == magic, foundVersion == version, zero == 0,
            unsafe Hash64.hash(body, seed: magic) == checksum
        else { throw .malformed }
        var carrier = unsafe Carrier(reading: body)
        var master = CarriedMaster()
        try master.carry(with: &carrier)
        return unsafe (master, carrier.rest)
    }
}

/// The bytes of a state, and the descriptors that are named in it.
struct WrittenState: ~Copyable {
    let bytes: ByteBuffer
    let descriptors: [Int32]
}
