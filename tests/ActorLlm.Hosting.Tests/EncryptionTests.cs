using System.Security.Cryptography;
using System.Text;
using ActorLlm.Domain;
using ActorLlm.Inspection;
using ActorLlm.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace ActorLlm.Hosting.Tests;

/// <summary>What stands in the database of a node that seals what it stores.</summary>
public sealed class EncryptionTests : IDisposable
{
    private const string Secret = "Zanzibar";

    private static readonly string Old = $"old:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}";
    private static readonly string New = $"new:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}";

    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Nothing_that_was_said_can_be_read_in_the_database_and_another_process_with_the_key_reads_all_of_it()
    {
        var words = "";
        await using (var node = await StartAsync("old", Old))
        {
            // Streamed, and much of it: what is kept of streams and snapshots would hold the word as the journal would.
            for (var i = 0; i < 40; i++)
            {
                var updates = await node.Conversations.StreamAsync(Turns.Turn("talk", $"t{i}", $"{Secret} {new string('x', 500)}")).ToListAsync().AsTask().InTime();
                words = updates.TextOf();
            }
        }

        Assert.Contains(Secret, words, StringComparison.Ordinal);
        Assert.Empty(FilesWithTheWord());

        await using var again = await StartAsync("new", New, Old);
        var settled = await again.Conversations.GetAsync(ConversationId.Of("talk"), TurnId.Parse("t39")).InTime();
        Assert.Equal(words, settled.ReplyText());
        var life = await again.Services.GetRequiredService<IInspection>().ExplainAsync(ConversationId.Of("talk"), TurnId.Parse("t39")).InTime();
        Assert.Single(Assert.IsType<TurnLife>(life).Attempts);
        Assert.Contains(Secret, (await again.Conversations.CompleteAsync(Turns.Turn("talk", "more", Secret)).InTime()).ReplyText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_keys_the_words_stand_in_it_as_they_are()
    {
        await using (var node = await StartAsync(null)) await node.Conversations.CompleteAsync(Turns.Turn("talk", "t1", Secret)).InTime();

        Assert.NotEmpty(FilesWithTheWord());
    }

    [Theory]
    [InlineData("Keys:0", "expected is name:secret", "nonsense", null)]
    [InlineData("Keys:0", "32 bytes in base64", "short:AAAA", null)]
    [InlineData("SealWith", "one of ActorLlm:Encryption:Keys", null, "other")]
    public void A_wrong_key_is_told_without_its_secret(string key, string allowed, string? given, string? sealWith)
    {
        var options = new EncryptionOptions { Keys = given is null ? [] : [given], SealWith = sealWith };

        var error = Assert.Single(options.Errors());

        Assert.StartsWith($"ActorLlm:Encryption:{key} is ", error, StringComparison.Ordinal);
        Assert.Contains(allowed, error, StringComparison.Ordinal);
        if (given is not null) Assert.DoesNotContain(given, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_is_one_keys_alone() => Assert.Contains("'old' 2 times", Assert.Single(new EncryptionOptions { Keys = [Old, Old] }.Errors()), StringComparison.Ordinal);

    public void Dispose() => _folder.Dispose();

    private Task<TestHost> StartAsync(string? sealWith, params string[] keys) => TestHost.StartAsync(
        ScriptedChatClient.Echo(), _folder, options => options.Encryption = new EncryptionOptions { Keys = keys, SealWith = sealWith });

    private string[] FilesWithTheWord() =>
        [.. Directory.GetFiles(_folder.FullName).Where(file => Encoding.Latin1.GetString(ReadShared(file)).Contains(Secret, StringComparison.Ordinal))];

    private static byte[] ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
