using System.Text;
using ActorLlm.Chaos.Servers;

namespace ActorLlm.Chaos.Tests.Servers;

public sealed class PostgresAnswersTests
{
    [Theory]
    [InlineData("2\0\0\0\u0004C\0\0\0\u000fINSERT 0 12\0Z\0\0\0\u0005I", true)]
    [InlineData("C\0\0\0\u000bCOMMIT\0Z\0\0\0\u0005I", true)]
    [InlineData("C\0\0\0\u000fINSERT 0 12\0Z\0\0\0\u0005T", false)]
    [InlineData("C\0\0\0\u000fINSERT 0 12\0", false)]
    [InlineData("C\0\0\0\rSELECT 3\0Z\0\0\0\u0005I", false)]
    public void A_write_is_committed_when_its_answer_ends_outside_of_a_transaction(string answer, bool committed) =>
        Assert.Equal(committed, PostgresAnswers.EndsACommit(Encoding.Latin1.GetBytes(answer)));
}
