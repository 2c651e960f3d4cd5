using ActorLlm.Domain.Recovery;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace ActorLlm.Domain.Tests.Recovery;

public class UnfinishedIndexProperties
{
    /// <summary>What happens next; the number chooses among what is possible.</summary>
    public sealed record Step(Kind Kind, int Choice);

    public enum Kind
    {
        Open, Close, Insert, Commit, RollBack, Read, ReadPage, SaveWatermark, Crash, Wait,
    }

    [Property(MaxTest = 500)]
    public Property A_reader_knows_what_a_fold_of_the_whole_journal_knows_whatever_crashes_and_comes_late() =>
        Prop.ForAll(Scripts(), script =>
        {
            var journal = new Journal();
            foreach (var step in script) journal.Do(step);
            journal.Settle();
            return journal.Known().SequenceEqual(journal.Truth())
                .Label($"known: {string.Join(' ', journal.Known())}; true: {string.Join(' ', journal.Truth())}");
        });

    [Property(MaxTest = 200)]
    public Property The_watermark_never_goes_back() =>
        Prop.ForAll(Scripts(), script =>
        {
            var journal = new Journal();
            var highest = 0L;
            foreach (var step in script.Where(step => step.Kind != Kind.Crash))
            {
                journal.Do(step);
                if (journal.Watermark < highest) return false;
                highest = journal.Watermark;
            }

            return true;
        });

    private static Arbitrary<Step[]> Scripts()
    {
        var kinds = Gen.Frequency(
            (6, Gen.Constant(Kind.Open)), (6, Gen.Constant(Kind.Close)), (6, Gen.Constant(Kind.Insert)), (8, Gen.Constant(Kind.Commit)),
            (1, Gen.Constant(Kind.RollBack)), (6, Gen.Constant(Kind.Read)), (2, Gen.Constant(Kind.ReadPage)),
            (3, Gen.Constant(Kind.SaveWatermark)), (1, Gen.Constant(Kind.Crash)), (2, Gen.Constant(Kind.Wait)));
        var steps = kinds.SelectMany(kind => Gen.Choose(0, 1000).Select(choice => new Step(kind, choice)));
        return Arb.From(
            Gen.Choose(0, 120).SelectMany(length => steps.ArrayOf(length)),
            script => Enumerable.Range(0, script.Length).Select(left => script.Where((_, at) => at != left).ToArray()));
    }

    /// <summary>
    /// A journal as a database shows it: a row gets its number when it is inserted and is seen when its transaction commits, transactions
    /// of several conversations overlap, and one conversation has one write at a time. A reader with an index reads it.
    /// </summary>
    private sealed class Journal
    {
        private const int Conversations = 5;

        private readonly List<JournalMark> _committed = [];
        private readonly List<(DateTimeOffset Since, List<JournalMark> Rows)> _transactions = [];
        private UnfinishedIndex _index = new(0);
        private long _lastNumber;
        private long _saved;
        private DateTimeOffset _now = Some.Start;

        public long Watermark => _index.Watermark;

        public IEnumerable<string> Known() => _index.UnfinishedSince(_now).Order();

        public IEnumerable<string> Truth() => Enumerable.Range(0, Conversations).Select(Name).Where(name => OpenTurns(name) > 0);

        public void Do(Step step)
        {
            var name = Name(step.Choice % Conversations);
            switch (step.Kind)
            {
                case Kind.Open when !IsWriting(name):
                    _transactions.Add((_now, [Row(name, RowEffect.Opens)]));
                    break;
                case Kind.Close when !IsWriting(name) && OpenTurns(name) > 0:
                    _transactions.Add((_now, [Row(name, RowEffect.Closes)]));
                    break;
                case Kind.Insert when _transactions.Count > 0:
                    Insert(_transactions[step.Choice % _transactions.Count].Rows, name, step.Choice);
                    break;
                case Kind.Commit when _transactions.Count > 0:
                    Commit(step.Choice % _transactions.Count);
                    break;
                case Kind.RollBack when _transactions.Count > 0:
                    _transactions.RemoveAt(step.Choice % _transactions.Count);
                    break;
                case Kind.Read:
                    Read(int.MaxValue);
                    break;
                case Kind.ReadPage:
                    Read(1 + step.Choice % 3);
                    break;
                case Kind.SaveWatermark:
                    _saved = _index.Watermark;
                    break;
                case Kind.Crash:
                    _index = new UnfinishedIndex(_saved);
                    break;
                case Kind.Wait:
                    Wait(TimeSpan.FromSeconds(step.Choice % 90));
                    break;
                default:
                    break;
            }
        }

        public void Settle()
        {
            while (_transactions.Count > 0) Commit(0);
            Read(int.MaxValue);
        }

        private static string Name(int n) => $"c{n}";

        // A conversation may add to its own write, as an interrupting turn does, and others may join the batch.
        private void Insert(List<JournalMark> rows, string name, int choice)
        {
            var own = rows.Any(row => row.Conversation == name);
            if (!own && IsWriting(name)) return;
            var open = OpenTurns(name) + rows.Where(row => row.Conversation == name).Sum(Change);
            rows.Add(Row(name, choice % 3 == 0 ? RowEffect.None : choice % 3 == 1 && open > 0 ? RowEffect.Closes : RowEffect.Opens));
        }

        private void Commit(int transaction)
        {
            _committed.AddRange(_transactions[transaction].Rows);
            _transactions.RemoveAt(transaction);
        }

        private void Read(int most)
        {
            var gaps = _index.Gaps.ToArray();
            var rows = _committed
                .Where(row => row.Ordering > _index.Head || gaps.Any(gap => gap.From <= row.Ordering && row.Ordering <= gap.To))
                .OrderBy(row => row.Ordering)
                .ToArray();
            _index.Read(rows.Take(most), _now, complete: rows.Length <= most);
        }

        // No write takes longer than the reader's patience: what is still open by then ends first, and is read in time.
        private void Wait(TimeSpan time)
        {
            while (_transactions.FindIndex(transaction => transaction.Since + UnfinishedIndex.GapPatience <= _now + time) is >= 0 and var late)
                Commit(late);
            _now += time;
        }

        private JournalMark Row(string name, RowEffect effect) => new(++_lastNumber, name, effect);

        private bool IsWriting(string name) =>
            _transactions.Any(transaction => transaction.Rows.Any(row => row.Conversation == name));

        private int OpenTurns(string name) => _committed.Where(row => row.Conversation == name).Sum(Change);

        private static int Change(JournalMark row) => row.Effect switch
        {
            RowEffect.Opens => 1,
            RowEffect.Closes => -1,
            _ => 0,
        };
    }
}
