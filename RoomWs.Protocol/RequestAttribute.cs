using System.Reflection;

namespace RoomWs.Protocol;

/// <summary>
/// Makes a record the contract of a request, and declares what may come of it. <see cref="TellsAttribute"/> adds what others hear. The
/// table of commands in protocol.md is made from both.
/// </summary>
/// <param name="type">The wire name, one of <see cref="MessageTypes"/>.</param>
/// <param name="purpose">What it is for, in a few words, as protocol.md has it.</param>
/// <param name="replies">What the reply can be, beside ERROR; none where a request that succeeds has no reply.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class RequestAttribute(string type, string purpose, params Type[] replies) : Attribute
{
    /// <summary>The wire name.</summary>
    public string Type => type;

    /// <summary>What it is for, in a few words.</summary>
    public string Purpose => purpose;

    /// <summary>What the reply can be, beside ERROR.</summary>
    public IReadOnlyList<Type> Replies => replies;

    /// <summary>Whether all of <see cref="Replies"/> come, one behind the other, instead of one of them.</summary>
    public bool RepliesInRow { get; init; }

    /// <summary>Why it may be refused, beside the reasons that any request has.</summary>
    public ErrorCode[] Errors { get; init; } = [];

    /// <summary>What limits further who may, where the role that the command requires is not all; in a few words, or null.</summary>
    public string? Restriction { get; init; }

    /// <summary>What a contract declares.</summary>
    /// <param name="contract">The record of a request.</param>
    public static RequestAttribute Of(Type contract) => contract.GetCustomAttribute<RequestAttribute>()
        ?? throw new ArgumentException($"{contract.Name} is no request: put [Request] on it.", nameof(contract));
}
