/// What the keeper is told to do with a file.
///
/// ```
///  0         2       3       4       8        16        24        32         40         48
///  | version | action| file  | bytes | number | inode   | bytes   | modified | changed  | contents
///  | u16     | u8    | u8    | u32   | u64    | u64     | i64     | i64      | i64      | as many as `bytes`
///                                             | the writing that is replaced; all zero: none |
/// ```
/// Numbers are in host byte order: both ends are the same executable.
public struct KeepRecord: Equatable, Sendable {
    /// What is to be done.
    public enum Action: UInt8, Sendable {
        /// The contents become the file, if that still is the writing that is replaced.
        case write = 1
        /// The file is removed, whichever writing of it is there.
        case remove = 2
    }

    /// Changes whenever a record does.
    static let version: UInt16 = 1
    /// Bytes in front of the contents.
    public static let headBytes = 48

    /// What is to be done.
    public let action: Action
    /// With which file.
    public let file: StateFile
    /// The caller's number, which the answer repeats.
    public let number: UInt64
    /// The writing that is replaced; nil where there is to be none.
    public let replaced: FileStamp?
    /// Bytes of contents behind the head.
    public let byteCount: Int

    /// Puts a head together.
    public init(_ action: Action, _ file: StateFile, number: UInt64, replaced: FileStamp?, byteCount: Int) {
        self.action = action
        self.file = file
        self.number = number
        self.replaced = replaced
        self.byteCount = byteCount
    }

    /// Reads a head; nil where it is none: another length, version, action or file, or more bytes than the
    /// file may have.
    public init?(_ bytes: [UInt8]) {
        guard let record = unsafe bytes.withUnsafeBytes({ unsafe Self(layout: $0) }) else { return nil }
        self = record
    }

    private init?(layout bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.headBytes,
            unsafe bytes.loadUnaligned(fromByteOffset: 0, as: UInt16.self) == Self.version,
            let action = unsafe Action(rawValue: bytes[2]), let file = unsafe StateFile(rawValue: bytes[3])
        else { return nil }
        let byteCount = unsafe Int(bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        guard byteCount <= file.limitBytes, action == .write || byteCount == 0 else { return nil }
        self.action = action
        self.file = file
        self.byteCount = byteCount
        number = unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        replaced = unsafe FileStamp(bytes, at: 16)
    }

    /// The head.
    public func encoded() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.headBytes)
        unsafe bytes.withUnsafeMutableBytes { room in
            unsafe room.storeBytes(of: Self.version, toByteOffset: 0, as: UInt16.self)
            unsafe room[2] = action.rawValue
            unsafe room[3] = file.rawValue
            unsafe room.storeBytes(of: UInt32(byteCount), toByteOffset: 4, as: UInt32.self)
            unsafe room.storeBytes(of: number, toByteOffset: 8, as: UInt64.self)
            unsafe replaced?.store(into: room, at: 16)
        }
        return bytes
    }
}

/// What the keeper answers.
///
/// ```
///  0         2         4        8        16        24        32         40         48
///  | version | outcome | errno  | number | inode   | bytes   | modified | changed  |
///  | u16     | u16     | i32    | u64    | u64     | i64     | i64      | i64      |
///                                        | the new writing; all zero: none         |
/// ```
public struct KeepAnswer: Equatable, Sendable {
    /// How it went.
    public enum Outcome: Equatable, Sendable {
        /// It is on the disk; which writing it is, nil of one that was removed.
        case done(FileStamp?)
        /// Somebody else has changed the file meanwhile: it is to be read again.
        case changedMeanwhile
        /// It could not be done, and what was there is still there; the errno(3).
        case failed(Int32)
    }

    /// Bytes of an answer.
    public static let byteCount = 48

    /// The record's number.
    public let number: UInt64
    /// How it went.
    public let outcome: Outcome

    /// Puts an answer together.
    public init(number: UInt64, _ outcome: Outcome) {
        self.number = number
        self.outcome = outcome
    }

    /// Reads an answer; nil where it is none.
    public init?(_ bytes: [UInt8]) {
        guard let record = unsafe bytes.withUnsafeBytes({ unsafe Self(layout: $0) }) else { return nil }
        self = record
    }

    private init?(layout bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.byteCount,
            unsafe bytes.loadUnaligned(fromByteOffset: 0, as: UInt16.self) == KeepRecord.version
        else { return nil }
        number = unsafe bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        let code = unsafe bytes.loadUnaligned(fromByteOffset: 4, as: Int32.self)
        switch unsafe bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self) {
        case 1 where code == 0: outcome = unsafe .done(FileStamp(bytes, at: 16))
        case 2 where code == 0: outcome = .changedMeanwhile
        case 3: outcome = .failed(code)
        default: return nil
        }
    }

    /// The answer.
    public func encoded() -> [UInt8] {
        let (kind, code, stamp): (UInt16, Int32, FileStamp?) =
            switch outcome {
            case .done(let stamp): (1, 0, stamp)
            case .changedMeanwhile: (2, 0, nil)
            case .failed(let code): (3, code, nil)
            }
        var bytes = [UInt8](repeating: 0, count: Self.byteCount)
        unsafe bytes.withUnsafeMutableBytes { room in
            unsafe room.storeBytes(of: KeepRecord.version, toByteOffset: 0, as: UInt16.self)
            unsafe room.storeBytes(of: kind, toByteOffset: 2, as: UInt16.self)
            unsafe room.storeBytes(of: code, toByteOffset: 4, as: Int32.self)
            unsafe room.storeBytes(of: number, toByteOffset: 8, as: UInt64.self)
            unsafe stamp?.store(into: room, at: 16)
        }
        return bytes
    }
}

extension FileStamp {
    /// Reads the four numbers; nil where all are zero.
    fileprivate init?(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        let stamp = unsafe FileStamp(
            inode: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self),
            byteCount: bytes.loadUnaligned(fromByteOffset: offset + 8, as: Int64.self),
            modified: bytes.loadUnaligned(fromByteOffset: offset + 16, as: Int64.self),
            changed: bytes.loadUnaligned(fromByteOffset: offset + 24, as: Int64.self))
        guard stamp != FileStamp(inode: 0, byteCount: 0, modified: 0, changed: 0) else { return nil }
        self = stamp
    }

    fileprivate func store(into room: UnsafeMutableRawBufferPointer, at offset: Int) {
        unsafe room.storeBytes(of: inode, toByteOffset: offset, as: UInt64.self)
        unsafe room.storeBytes(of: byteCount, toByteOffset: offset + 8, as: Int64.self)
        unsafe room.storeBytes(of: modified, toByteOffset: offset + 16, as: Int64.self)
        unsafe room.storeBytes(of: changed, toByteOffset: offset + 24, as: Int64.self)
    }
}
