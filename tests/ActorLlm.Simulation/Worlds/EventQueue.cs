namespace ActorLlm.Simulation.Worlds;

/// <summary>A message on its way to a party, due at a time; what was sent first comes first among those of one millisecond.</summary>
internal readonly record struct Delivery(ulong Key, Party Target, object Message, Party? Sender)
{
    private const int SequenceBits = 32;

    public long At => (long)(Key >> SequenceBits);

    public static ulong KeyOf(long at, uint sequence) => ((ulong)at << SequenceBits) | sequence;
}

/// <summary>A binary heap of deliveries by their keys.</summary>
internal sealed class EventQueue
{
    private Delivery[] _heap = new Delivery[256];

    public int Count { get; private set; }

    public void Add(in Delivery delivery)
    {
        if (Count == _heap.Length) Array.Resize(ref _heap, Count * 2);
        var i = Count++;
        while (i > 0)
        {
            var parent = (i - 1) / 2;
            if (_heap[parent].Key <= delivery.Key) break;
            _heap[i] = _heap[parent];
            i = parent;
        }

        _heap[i] = delivery;
    }

    public bool TryTake(out Delivery first)
    {
        if (Count == 0)
        {
            first = default;
            return false;
        }

        first = _heap[0];
        var last = _heap[--Count];
        _heap[Count] = default;
        if (Count > 0) SiftDown(last);
        return true;
    }

    private void SiftDown(in Delivery moved)
    {
        var i = 0;
        while (true)
        {
            var child = 2 * i + 1;
            if (child >= Count) break;
            if (child + 1 < Count && _heap[child + 1].Key < _heap[child].Key) child++;
            if (_heap[child].Key >= moved.Key) break;
            _heap[i] = _heap[child];
            i = child;
        }

        _heap[i] = moved;
    }
}
