using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Hosting;
using ActorLlm.Inspection;
using Microsoft.Extensions.DependencyInjection;

namespace CustomerService;

/// <summary>One customer's conversation on a console: their words, the answers, and what a colleague decides.</summary>
public sealed class Desk
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);

    private readonly IConversations _conversations;
    private readonly IInspection _inspection;
    private readonly ISteering _steering;
    private readonly ConversationId _conversation;
    private readonly List<TurnId> _open;
    private long _turns;

    private Desk(IServiceProvider services, ConversationView view)
    {
        _conversations = services.GetRequiredService<IConversations>();
        _inspection = services.GetRequiredService<IInspection>();
        _steering = services.GetRequiredService<ISteering>();
        _conversation = view.Conversation;
        _open = [.. view.Pending];
        _turns = view.TurnsSettled + view.Pending.Length;
    }

    /// <summary>Goes on with a conversation, which may be new, or wait for an approval since an earlier run of the program.</summary>
    public static async Task<Desk> OpenAsync(IServiceProvider services, ConversationId conversation) =>
        new(services, await services.GetRequiredService<IConversations>().GetAsync(conversation));

    /// <summary>Sends what the customer says, and shows the answer.</summary>
    public async Task SayAsync(string text)
    {
        var turn = TurnId.Parse($"message-{++_turns}");
        await _conversations.SubmitAsync(new TurnRequest(_conversation, turn, TurnContent.Of(text) with { Model = SupportModule.Name }));
        _open.Add(turn);
        await ShowAsync();
    }

    /// <summary>Shows the approvals that are waited for.</summary>
    public async Task ListApprovalsAsync()
    {
        foreach (var approval in await ApprovalsAsync()) Console.WriteLine($"  {approval.Turn} waits for an approval: {approval.Question}");
    }

    /// <summary>Decides about the approval that is waited for, and shows the answer that follows.</summary>
    public async Task DecideAsync(bool granted, string reason)
    {
        if (await ApprovalsAsync() is not [var approval, ..])
        {
            Console.WriteLine("  no approval is waited for");
            return;
        }

        await _steering.DecideAsync(new ApprovalDecision(_conversation, TurnId.Parse(approval.Turn), approval.Step, granted, By: "colleague", reason));
        await ShowAsync();
    }

    /// <summary>Shows answers as they come, until there are all or one waits for a human.</summary>
    private async Task ShowAsync()
    {
        while (_open.Count > 0)
        {
            if (await _conversations.GetAsync(_conversation, _open[0]) is TurnSettled settled)
            {
                Console.WriteLine(settled.Outcome is Outcome.Committed committed ? $"  {committed.Reply.Text}" : $"  (no answer: {(settled.Outcome as Outcome.Failed)?.Reason ?? "cancelled"})");
                _open.RemoveAt(0);
            }
            else if ((await ApprovalsAsync()).FirstOrDefault(approval => approval.Turn == _open[0].Value) is { } approval)
            {
                Console.WriteLine($"  (a colleague is asked: {approval.Question})");
                return;
            }
            else
            {
                await Task.Delay(LookAgain);
            }
        }
    }

    private async Task<IReadOnlyList<ApprovalPicture>> ApprovalsAsync() =>
        [.. (await _inspection.ListApprovalsAsync(_conversation.Tenant)).Approvals.Where(approval => approval.Conversation == _conversation.Value)];
}
