namespace RoomWs.Server.Storage.Batch;

/// <summary>
/// What the nodes of a database say to each other beside what they commit: fleeting, in the order of each node, and lost where the way to the others is broken. May be used from any thread.
/// </summary>
internal interface ILiveBus : IDisposable
{
    /// <summary>What this node is called for as long as it runs. A node that is started again is another one.</summary>
    string NodeId { get; }

    /// <summary>Begins to speak and to hear for a node.</summary>
    void Join(IBusMember member);

    /// <summary>Asks the node soon for what it has to say. Does not wait, so it may be called under a gate.</summary>
    void Wake();
}

/// <summary>A node, as the bus knows it. All but <see cref="Say"/> are called one after the other.</summary>
internal interface IBusMember
{
    /// <summary>The longest text.</summary>
    const int MaxBytes = 7_800;

    /// <summary>Takes what there is to say: texts of at most <see cref="MaxBytes"/> bytes, each of which can be read alone.</summary>
    IReadOnlyList<string> Say();

    /// <summary>Another node has said something.</summary>
    Task HearAsync(string node, string text, CancellationToken stop);

    /// <summary>What was said by and to this node may be lost up to here: it has just joined the others, or joined them again.</summary>
    void Joined();

    /// <summary>Another node is there.</summary>
    /// <param name="node">The node.</param>
    /// <param name="isNew">Whether it has just joined, and so tells by itself where it is.</param>
    void Met(string node, bool isNew);

    /// <summary>Another node has gone, or is not heard of any more.</summary>
    void Gone(string node);
}
