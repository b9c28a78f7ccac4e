/// Files with secrets that a service manager brings (systemd.exec(5), LoadCredential=).
enum Credential {
    private static let directory = "CREDENTIALS_DIRECTORY"

    /// Where the file of an option would lie, if it may come that way: under the option's name.
    static func path(of option: OptionSpecification, _ environment: [String: String]) -> String? {
        guard option.isCredential, let directory = environment[directory], directory.hasPrefix("/") else {
            return nil
        }
        return "\(directory)/\(option.name)"
    }

    /// Whether a service manager answers for who can read the file: it gives its service the right by a list
    /// that looks, from outside, like rights of a group (acl(5)).
    static func isKept(_ path: String, _ environment: [String: String]) -> Bool {
        guard let directory = environment[directory], directory.hasPrefix("/") else { return false }
        return path.hasPrefix(directory + "/")
    }
}
