extension LiveModel {
    /// Whether a keyframe has come with all of its parts, so that everyone who is here is in the picture.
    public var hasWholePicture: Bool { generation > 0 && !isInsideKeyframe }

    /// Whether the server has told its status.
    public var hasStatus: Bool { statusNanoseconds != 0 }
}
