using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace ActorLlm.Processes;

/// <summary>An option of a command line that is a number.</summary>
public static class NumberOption
{
    /// <summary>Makes the option. A text that is no number, or one out of the range, is refused with what is allowed.</summary>
    /// <param name="name">With its dashes, for example <c>--minutes</c>.</param>
    /// <param name="description">What it says; the range is added.</param>
    /// <param name="least">The least value allowed.</param>
    /// <param name="most">The greatest value allowed.</param>
    /// <param name="byDefault">The value when the option is not given.</param>
    public static Option<T> Create<T>(string name, string description, T least, T most, T byDefault)
        where T : INumber<T> => new(name)
        {
            Description = string.Create(CultureInfo.InvariantCulture, $"{description}, {least} to {most}"),
            DefaultValueFactory = _ => byDefault,
            CustomParser = result =>
            {
                var text = result.Tokens.Count == 0 ? "" : result.Tokens[0].Value;
                if (T.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
                    return value;
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} is '{text}': give a number from {least} to {most}."));
                return byDefault;
            },
        };
}
