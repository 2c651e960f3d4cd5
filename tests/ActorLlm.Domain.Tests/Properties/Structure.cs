using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace ActorLlm.Domain.Tests.Properties;

/// <summary>
/// Values compared by what they hold, all the way down: immutable queues, dictionaries and arrays compare by reference, so values are
/// written out in full and the texts compared. Properties that only compute from others are left out.
/// </summary>
public static class Structure
{
    public static void Equal(object expected, object actual) => Assert.Equal(Describe(expected), Describe(actual));

    public static string Describe(object? value)
    {
        var text = new StringBuilder();
        Write(text, value, 0);
        return text.ToString();
    }

    private static void Write(StringBuilder text, object? value, int depth)
    {
        switch (value)
        {
            case null:
                text.AppendLine("null");
                break;
            case string s:
                text.Append('\'').Append(s).Append('\'').AppendLine();
                break;
            case DateTimeOffset time:
                text.AppendLine(time.ToString("O", CultureInfo.InvariantCulture));
                break;
            case double number:
                text.AppendLine(number.ToString("R", CultureInfo.InvariantCulture));
                break;
            case IFormattable when value.GetType().IsPrimitive || value is Enum or TimeSpan or UInt128:
                text.AppendLine(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture));
                break;
            case bool or ConversationId or TurnId:
                text.AppendLine(value.ToString());
                break;
            case IDictionary map:
                foreach (var key in map.Keys.Cast<object>().OrderBy(key => key.ToString(), StringComparer.Ordinal))
                    WriteMember(text, key.ToString()!, map[key], depth);
                break;
            case IEnumerable items:
                text.AppendLine();
                foreach (var item in IsUnset(items) ? [] : items.Cast<object>()) WriteMember(text, "-", item, depth);
                break;
            default:
                text.AppendLine(value.GetType().Name);
                foreach (var property in value.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public))
                {
                    if (property.SetMethod is not null) WriteMember(text, property.Name, property.GetValue(value), depth);
                }

                break;
        }
    }

    private static void WriteMember(StringBuilder text, string name, object? value, int depth)
    {
        text.Append(' ', 2 * depth + 2).Append(name).Append(' ');
        Write(text, value, depth + 1);
    }

    private static bool IsUnset(IEnumerable items) => items.GetType().GetProperty("IsDefault")?.GetValue(items) is true;
}
