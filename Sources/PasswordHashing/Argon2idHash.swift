import Secrets

import func CArgon2.ps_argon2id
import func COpenSSL.ps_memory_cleanse
import func COpenSSL.ps_memory_differs

/// A password's hash by Argon2id (RFC 9106) with what it takes to compute it again, as a PHC string.
///
/// ```
/// $argon2id$v=19$m=19456,t=2,p=1$SALT$HASH      base64 without padding; numbers without leading zeros
///                  KiB   passes lanes
/// ```
/// Source: the PHC string format, as the library's own tool writes it.
public struct Argon2idHash: Equatable, Sendable {
    /// What computing it costs.
    public struct Cost: Equatable, Sendable, BitwiseCopyable {
        /// Memory in KiB.
        public let kibibytes: UInt32
        /// Passes over the memory.
        public let passes: UInt32
        /// Lanes of the memory.
        public let lanes: UInt32

        /// 19 MiB, two passes, one lane: 20 to 30 ms.
        public static let standard = Cost(kibibytes: 19_456, passes: 2, lanes: 1)
    }

    /// Bytes of salt of a new hash (RFC 9106 section 3.1 recommends 16).
    public static let newSaltBytes = 16
    private static let newDigestBytes = 32

    /// What computing it costs.
    public let cost: Cost
    private let salt: [UInt8]
    private let digest: [UInt8]

    private init(cost: Cost, salt: [UInt8], digest: [UInt8]) {
        self.cost = cost
        self.salt = salt
        self.digest = digest
    }

    /// Reads a PHC string: everything in its place, numbers and base64 in their one form, costs within
    /// bounds.
    public init(parsing bytes: some Collection<UInt8>) throws(Argon2idFault) {
        guard bytes.count <= Limits.encodedBytes else { throw .tooLong }
        let fields = Array(bytes).split(separator: UInt8(ascii: "$"), omittingEmptySubsequences: false)
        guard fields.count >= 2, fields[0].isEmpty, fields[1].elementsEqual("argon2id".utf8) else {
            throw .notArgon2id
        }
        guard fields.count >= 3, fields[2].elementsEqual("v=19".utf8) else { throw .otherVersion }
        guard fields.count >= 4 else { throw .malformedParameters }
        cost = try Self.cost(fields[3])
        guard fields.count >= 5, let salt = PlainBase64.decode(fields[4]),
            Limits.saltBytes.contains(salt.count)
        else { throw .malformedSalt }
        guard fields.count >= 6, let digest = PlainBase64.decode(fields[5]),
            Limits.digestBytes.contains(digest.count)
        else { throw .malformedDigest }
        guard fields.count == 6 else { throw .trailingBytes }
        self.salt = salt
        self.digest = digest
    }

    /// Hashes a new password; nil where there is no memory for it or `salt` has another length than
    /// `newSaltBytes`.
    ///
    /// `salt` is drawn by the caller and used once.
    public init?(of password: UnsafeRawBufferPointer, salt: [UInt8], cost: Cost = .standard) {
        guard salt.count == Self.newSaltBytes,
            let digest = unsafe Self.compute(password, salt: salt, count: Self.newDigestBytes, cost)
        else { return nil }
        self.init(cost: cost, salt: salt, digest: digest)
    }

    /// Whether it is the hash of this password; nil where there is no memory to find out.
    ///
    /// The time tells what the hash costs and how long the password is, and nothing of where digests differ.
    public func matches(_ password: UnsafeRawBufferPointer) -> Bool? {
        guard var other = unsafe Self.compute(password, salt: salt, count: digest.count, cost) else {
            return nil
        }
        let areEqual = unsafe ps_memory_differs(other, digest, digest.count) == 0
        unsafe ps_memory_cleanse(&other, other.count)
        return areEqual
    }

    /// The PHC string.
    public var text: [UInt8] {
        var text = Array("$argon2id$v=19$m=\(cost.kibibytes),t=\(cost.passes),p=\(cost.lanes)$".utf8)
        text += PlainBase64.encode(salt)
        text.append(UInt8(ascii: "$"))
        text += PlainBase64.encode(digest)
        return text
    }

    private static func compute(
        _ password: UnsafeRawBufferPointer, salt: [UInt8], count: Int, _ cost: Cost
    ) -> [UInt8]? {
        var digest = [UInt8](repeating: 0, count: count)
        let outcome = unsafe ps_argon2id(
            cost.kibibytes, cost.passes, cost.lanes, password.baseAddress, UInt32(password.count), salt,
            UInt32(salt.count), &digest, UInt32(count))
        return outcome == 0 ? digest : nil
    }

    /// Reads `m=19456,t=2,p=1`.
    private static func cost(_ text: ArraySlice<UInt8>) throws(Argon2idFault) -> Cost {
        let parts = text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard parts.count == 3, let kibibytes = number("m=", parts[0]), let passes = number("t=", parts[1]),
            let lanes = number("p=", parts[2])
        else { throw .malformedParameters }
        guard (1...Limits.lanes).contains(lanes) else { throw .lanesOutOfBounds }
        guard (1...Limits.passes).contains(passes) else { throw .passesOutOfBounds }
        // RFC 9106 section 3.1: at least 8 KiB for each lane.
        guard (8 * lanes...Limits.kibibytes).contains(kibibytes) else { throw .memoryOutOfBounds }
        return Cost(kibibytes: kibibytes, passes: passes, lanes: lanes)
    }

    /// A decimal number of at most nine digits behind a name, without a sign or leading zeros.
    private static func number(_ name: StaticString, _ text: ArraySlice<UInt8>) -> UInt32? {
        let digits = text.dropFirst(name.utf8CodeUnitCount)
        guard
            unsafe text.starts(
                with: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)),
            (1...9).contains(digits.count), digits.count == 1 || digits.first != UInt8(ascii: "0"),
            digits.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") })
        else { return nil }
        return digits.reduce(0) { $0 * 10 + UInt32($1 - UInt8(ascii: "0")) }
    }
}
