using System.Text;
using System.Text.Json.Nodes;

namespace ActorLlm.Gateway.Tests.Fuzzing;

/// <summary>
/// A request's JSON while it is being spoilt. What no JSON tree can hold (a name twice, a number out of range, half a character) is put in as a
/// mark and written in its place at the end.
/// </summary>
internal sealed class OddJson(string json, Random random)
{
    private readonly JsonNode _root = JsonNode.Parse(json)!;
    private readonly List<(string Mark, string Raw)> _raw = [];

    /// <summary>How many values there are to spoil.</summary>
    public int Count => Places(_root).Count();

    public void Drop()
    {
        var place = Pick();
        if (place.Parent is JsonObject parent) parent.Remove(place.Name!);
        else ((JsonArray)place.Parent).RemoveAt(place.Index);
    }

    /// <summary>Puts a piece of text, JSON or not, in the place of a value.</summary>
    public void Replace(string raw) => Replace(Pick(), raw);

    /// <summary>The same for the value with a number below <see cref="Count"/>.</summary>
    public void Replace(int index, string raw) => Replace(Places(_root).ElementAt(index), raw);

    private void Replace(Place place, string raw)
    {
        if (place.Parent is JsonObject parent) parent[place.Name!] = Mark(raw);
        else ((JsonArray)place.Parent)[place.Index] = Mark(raw);
    }

    /// <summary>Adds a member somewhere; its name and value are pieces of text, JSON or not.</summary>
    public void Add(string rawName, string raw)
    {
        JsonObject[] objects = [(JsonObject)_root, .. Places(_root).Select(place => place.Value).OfType<JsonObject>()];
        objects[random.Next(objects.Length)].Add(Mark(rawName).GetValue<string>(), Mark(raw));
    }

    /// <summary>The same at the top.</summary>
    public void AddAtTop(string rawName, string raw) => ((JsonObject)_root).Add(Mark(rawName).GetValue<string>(), Mark(raw));

    /// <summary>A member once more, with the same or another value.</summary>
    public void Duplicate(string raw)
    {
        var members = Places(_root).Where(place => place.Parent is JsonObject).ToArray();
        if (members.Length == 0) return;
        var member = members[random.Next(members.Length)];
        var value = random.Next(2) == 0 ? member.Value?.ToJsonString() ?? "null" : raw;
        ((JsonObject)member.Parent).Add(Mark($"\"{member.Name}\"").GetValue<string>(), Mark(value));
    }

    public override string ToString()
    {
        var text = new StringBuilder(_root.ToJsonString());
        // The last first: what was copied may hold marks of its own.
        foreach (var (mark, raw) in Enumerable.Reverse(_raw)) text.Replace($"\"{mark}\"", raw);
        return text.ToString();
    }

    private JsonValue Mark(string raw)
    {
        var mark = $"@{_raw.Count}@";
        _raw.Add((mark, raw));
        return JsonValue.Create(mark);
    }

    private Place Pick()
    {
        var places = Places(_root).ToArray();
        if (places.Length > 0) return places[random.Next(places.Length)];
        ((JsonObject)_root)["model"] = "sim-1";
        return new Place(_root, "model", 0);
    }

    private static IEnumerable<Place> Places(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member => Places(member.Value).Prepend(new Place(members, member.Key, 0))),
        JsonArray items => items.SelectMany((item, index) => Places(item).Prepend(new Place(items, null, index))),
        _ => [],
    };

    private readonly record struct Place(JsonNode Parent, string? Name, int Index)
    {
        public JsonNode? Value => Parent is JsonObject parent ? parent[Name!] : Parent[Index];
    }
}
