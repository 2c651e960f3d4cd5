using ActorLlm.Hosting;
using ActorLlm.Inspection;
using Microsoft.AspNetCore.Http;

namespace ActorLlm.Admin;

/// <summary>Gives a whole conversation, text included, line by line.</summary>
internal sealed class Export(IConversationExport export, Audit audit)
{
    public async Task RunAsync(HttpContext http, string who)
    {
        Query.Allow(http.Request, "id");
        var id = Query.Conversation(http.Request, "id");
        await audit.CarryOutAsync(
            http, who, "export", id.Value,
            async stop =>
            {
                var conversation = await export.OpenAsync(id, stop)
                    ?? throw RefusedException.NotFound($"There is no conversation {id}. 'actorllm conversations list' (GET {AdminApi.Conversations}) tells which there are.");
                Answers.BeginLines(http);
                await Answers.WriteLineAsync(http, conversation.Head, stop);
                await foreach (var turn in conversation.TurnsAsync(stop)) await Answers.WriteLineAsync(http, turn, stop);
                return conversation.Head.Turns;
            },
            turns => $"{turns} turns");
    }
}
