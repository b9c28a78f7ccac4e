public import ByteCore
import Glibc

/// A listening socket that is left to a successor: which one it is, and whether its file is ours.
///
/// ```
/// [ descriptor i32 ][ file is ours u8 ][ its device u64 ][ its inode u64 ]
/// ```
public struct CarriedListener: Carriable, Equatable, Sendable {
    var descriptor: Int32 = 0
    var ownsFile = false
    var device: UInt64 = 0
    var inode: UInt64 = 0

    /// One to be read into.
    public init() {}

    /// Carries it.
    public mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        try carrier.carry(descriptor: &descriptor)
        try carrier.carry(&ownsFile)
        try carrier.carry(&device)
        try carrier.carry(&inode)
    }
}

extension Listener {
    /// What a successor needs to listen on.
    public var carried: CarriedListener {
        var carried = CarriedListener()
        carried.descriptor = raw
        if let identity = ownFile?.identity {
            carried.ownsFile = true
            carried.device = UInt64(identity.device)
            carried.inode = UInt64(identity.inode)
        }
        return carried
    }

    /// Listens on with what was left.
    public init(_ carried: CarriedListener) {
        guard let address = SocketAddress(boundTo: carried.descriptor) else {
            Succession.giveUp(because: "a socket that was left to it is bound to nothing")
        }
        let identity = SocketFile.Identity(device: dev_t(carried.device), inode: ino_t(carried.inode))
        let path = carried.ownsFile ? address.path : nil
        self.init(
            resuming: Descriptor(owning: carried.descriptor), at: address,
            file: path.map { SocketFile(resuming: $0, identity) })
    }
}

/// A child that is left to a successor.
///
/// ```
/// [ process i32 ][ its descriptor i32 ]
/// ```
public struct CarriedProcess: Carriable, Equatable, Sendable {
    var pid: Int32 = 0
    var handle: Int32 = 0

    /// One to be read into.
    public init() {}

    /// Carries it.
    public mutating func carry(with carrier: inout Carrier) throws(CarryFault) {
        try carrier.carry(&pid)
        try carrier.require(pid > 0)
        try carrier.carry(descriptor: &handle)
    }
}

extension ChildProcess {
    /// What a successor needs to look after it.
    public var carried: CarriedProcess {
        var carried = CarriedProcess()
        carried.pid = pid
        carried.handle = raw
        return carried
    }

    /// Looks after a child of the program before.
    public init(_ carried: CarriedProcess) {
        self.init(resuming: carried.pid, Descriptor(owning: carried.handle))
    }
}
