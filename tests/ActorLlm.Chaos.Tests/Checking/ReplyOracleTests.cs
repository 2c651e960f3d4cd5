using ActorLlm.Chaos.Checking;

namespace ActorLlm.Chaos.Tests.Checking;

public sealed class ReplyOracleTests
{
    private readonly ReplyOracle _oracle = new();

    [Fact]
    public void The_reply_begins_with_an_echo_of_the_prompt_without_its_directive() =>
        Assert.StartsWith("[simulator] You said: t1 hello ... ", _oracle.Reply([], "t1 hello [[reply tokens=20 total=900]]"), StringComparison.Ordinal);

    [Fact]
    public void The_reply_depends_on_every_exchange_before_it()
    {
        (string, string)[] history = [("a", "b"), ("c", "d")];

        string[] replies =
        [
            _oracle.Reply(history, "t1 hello"), _oracle.Reply(history[1..], "t1 hello"), _oracle.Reply([history[1], history[0]], "t1 hello"),
            _oracle.Reply([("a", "x"), history[1]], "t1 hello"),
        ];

        Assert.Equal(4, replies.Distinct().Count());
        Assert.Equal(replies[0], _oracle.Reply(history, "t1 hello"));
    }
}
