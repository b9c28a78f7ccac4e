/// The descriptors that a child of ours finds open, by what they are for.
public enum InheritedDescriptor {
    /// A worker's end of its data channel.
    public static let data: Int32 = 3
    /// A worker's end of its control channel.
    public static let control: Int32 = 4
    /// A worker's counters page.
    public static let counters: Int32 = 5
    /// The listener that a worker accepts at itself, where it does.
    public static let listener: Int32 = 6
    /// The demo's only one: its end-of-file is the master's end.
    public static let demoControl: Int32 = 3
    /// A load process's channel to its parent.
    public static let load: Int32 = 3
    /// The end of a helper that does one thing for the master: what it is asked and what it answers.
    public static let helper: Int32 = 3
    /// The state directory, for the helper that keeps files in it.
    public static let stateDirectory: Int32 = 4
    /// The master's end of its front's socket.
    public static let front: Int32 = 3
    /// The same of the socket over which whoever sits at the front's terminal asks for things.
    public static let frontControl: Int32 = 4
}
