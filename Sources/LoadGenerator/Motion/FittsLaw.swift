import func Glibc.log2

/// How long a person takes to reach a target, and how well they hit it.
///
/// Fitts's law in the Shannon form of MacKenzie (Human-Computer Interaction 7, 1992): the time grows with the
/// index of difficulty log2(distance / width + 1), in bits. The constants make a throughput of 4.4 to 4.9
/// bits a second for everyday targets, where Soukoreff and MacKenzie (International Journal of Human-Computer
/// Studies 61, 2004) see mice: 3.7 to 4.9.
public enum FittsLaw {
    /// Time of a reach of no difficulty, in milliseconds.
    public static let interceptMilliseconds = 50.0
    /// Time of each further bit, in milliseconds.
    public static let millisecondsPerBit = 200.0
    /// A target's width in standard deviations of where people end: 4 % miss (MacKenzie 1992, "effective
    /// target width").
    public static let widthInDeviations = 4.133

    /// The index of difficulty in bits; `width` is above 0.
    public static func difficultyBits(distance: Double, width: Double) -> Double {
        log2(distance / width + 1)
    }

    /// The mean time in milliseconds.
    public static func meanMilliseconds(distance: Double, width: Double) -> Double {
        interceptMilliseconds + millisecondsPerBit * difficultyBits(distance: distance, width: width)
    }
}
