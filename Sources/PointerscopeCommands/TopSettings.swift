/// What `top` was asked to do, checked as a whole.
struct TopSettings {
    /// What goes to standard output.
    enum Output: Equatable {
        /// The picture where there is a terminal, else lines.
        case live
        case once(isJSON: Bool)
        case jsonLines
    }

    var server: ServerURL
    var drawing: DrawingSettings
    var output: Output

    init(_ values: OptionValues) throws(UsageError) {
        do throws(ServerURL.ParseError) {
            server = try ServerURL(parsing: values["url"] ?? "")
        } catch {
            throw UsageError(message: "\(values["url"] ?? ""): \(error.complaint)", exitStatus: .usage)
        }
        drawing = try DrawingSettings(values)
        func isSet(_ name: String) -> Bool { values[name].flatMap { Complaint.truth(of: $0) } ?? false }
        let isJSON = isSet("json")
        output = isSet("once") ? .once(isJSON: isJSON) : isJSON ? .jsonLines : .live
    }
}
