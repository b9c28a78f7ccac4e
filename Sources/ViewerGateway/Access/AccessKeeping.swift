public import AccessControl
public import ByteCore
public import PosixIO
public import ProxyWire
public import Secrets

/// What the gate has its owner do: nothing of it may hold up the loop.
public protocol AccessKeeping: AnyObject {
    /// Has a password held against a hash by the process that does such things; the answer comes to
    /// `ViewerGateway.hashed`. Whoever `isKnown` comes in a browser that signed in before, and goes first.
    /// Nil where it was taken on, else when to come again, in seconds.
    func compare(
        password: [UInt8], with hash: PasswordHashText, id: UInt64, from network: IPAddress?, isKnown: Bool,
        _ poller: borrowing Poller
    ) -> Int?
    /// The same for a new hash, for the first admin.
    func makeHash(of password: [UInt8], id: UInt64, from network: IPAddress?, _ poller: borrowing Poller)
        -> Int?
    /// Whoever waited for a hash has gone; whether there will be none.
    func cancelHash(_ id: UInt64) -> Bool
    /// Writes the first admin down; the answer comes to `ViewerGateway.firstAdminKept`.
    func keepFirstAdmin(_ admin: Admin, _ poller: borrowing Poller)
    /// Something happened that belongs into the log.
    func note(_ event: AccessEvent)
    /// 256 fresh random bits.
    func drawSecret() -> SecretBytes
}

/// What became of a hash.
public enum HashResult: Sendable {
    case matches
    case differs
    case made(PasswordHashText)
    /// Nobody can tell.
    case failed
}

/// What the log is told of people and programs.
public enum AccessEvent {
    case signedIn(AccountName, from: ClientAddress, took: Int)
    /// `name` is what was typed.
    case refused(SignInRefusal, name: [UInt8], from: ClientAddress)
    /// The password was right, and somebody else has the session.
    case occupied(AccountName?, from: ClientAddress)
    case overloaded(from: ClientAddress)
    case madeFirstAdmin(AccountName, from: ClientAddress)
    case ended(Ended, streams: Int)
    /// A token or a JWT that is none.
    case programRefused(String, from: ClientAddress)
    /// A form that came from elsewhere.
    case forged(StaticString, from: ClientAddress)
}
