namespace CustomerService;

/// <summary>The shop's articles, in SQLite's full-text search.</summary>
public sealed class KnowledgeBase(ShopDatabase database)
{
    /// <summary>How many articles a search gives at most.</summary>
    public const int MaxFound = 2;

    /// <summary>Takes the articles of a folder in, in the place of earlier ones: Markdown files that begin with their title.</summary>
    public void Load(string folder)
    {
        database.Run("DELETE FROM article");
        foreach (var file in Directory.EnumerateFiles(folder, "*.md"))
        {
            var text = File.ReadAllText(file);
            var titleEnd = text.IndexOf('\n', StringComparison.Ordinal);
            database.Run(
                "INSERT INTO article (name, title, body) VALUES ($name, $title, $body)",
                ("$name", Path.GetFileNameWithoutExtension(file)), ("$title", text[..titleEnd].TrimStart('#', ' ')), ("$body", text[titleEnd..].Trim()));
        }
    }

    /// <summary>The articles that fit a question best; any of its words will do.</summary>
    public IReadOnlyList<string> Search(string question)
    {
        var words = Words(question);
        return words.Length == 0 ? [] : database.Read(
            $"SELECT title, body FROM article WHERE article MATCH $words ORDER BY bm25(article, 0, 3, 1) LIMIT {MaxFound}",
            row => $"{row.GetString(0)}: {row.GetString(1)}", ("$words", string.Join(" OR ", words)));
    }

    /// <summary>In quotes each, so that no word is an operator of the search.</summary>
    private static string[] Words(string question) =>
        [.. new string([.. question.Select(character => char.IsLetterOrDigit(character) ? character : ' ')])
            .Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => word.Length > 2).Distinct().Select(word => $"\"{word}\"")];
}
