import MonitorClient
import PosixIO
import TerminalGraph

extension DrawingSettings {
    /// Reads parsed values; what each of them says alone was checked by the option table.
    init(_ values: OptionValues) throws(UsageError) {
        let glyphs: Glyphs? =
            switch values["glyphs"] {
            case "braille": .unicode
            case "blocks": .blocks
            case "ascii": .ascii
            default: nil
            }
        let colors: ColorDepth? =
            switch values["colors"] {
            case "none": ColorDepth.none
            case "16": .sixteen
            case "256": .twoHundredFiftySix
            case "true": .trueColor
            default: nil
            }
        self.init(
            picturesPerSecond: values["fps"].flatMap { Int($0) } ?? 10, glyphs: glyphs, colors: colors,
            theme: try Self.theme(values), hasMouse: values["mouse"] != "off",
            isPlain: values["plain"].flatMap { Complaint.truth(of: $0) } ?? false)
        themeName = values["theme"].flatMap { Theme.names.contains($0) ? $0 : nil }
        isThemeGiven = values.isGiven("theme")
        isRateGiven = values.isGiven("fps")
    }

    private static func theme(_ values: OptionValues) throws(UsageError) -> Theme {
        let name = values["theme"] ?? "dark"
        if let theme = Theme.named(name) { return theme }
        let text: String
        do throws(UnreadableFile) {
            text = try readWholeFile(name, limit: themeBytes)
        } catch {
            throw UsageError(
                message:
                    "\(values.origin(of: "theme")) \(name): is none of \(Theme.names.joined(separator: ", ")), "
                    + "and as a file it \(error.reason)",
                exitStatus: .configuration)
        }
        do throws(ThemeError) {
            return try Theme(parsing: text)
        } catch {
            throw UsageError(message: "\(name):\(error.line): \(error.reason)", exitStatus: .configuration)
        }
    }
}
